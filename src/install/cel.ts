/**
 * A text as CEL writes it. Each escape of JSON is one of CEL, and what JSON leaves as it is, CEL does too; so whatever
 * is in the text, it is a text and no CEL.
 */
export function celString(text: string): string {
  return JSON.stringify(text)
}

/** A list of texts. */
export function celStrings(texts: readonly string[]): string {
  return `[${texts.map(celString).join(', ')}]`
}
