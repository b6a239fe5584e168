/**
 * Returns a text as a CEL literal. Each escape of JSON is also one of CEL, and CEL reads all other characters as JSON
 * does. So no text can become a CEL expression.
 */
export function celString(text: string): string {
  return JSON.stringify(text)
}

/** Returns a list of texts as a CEL literal. */
export function celStrings(texts: readonly string[]): string {
  return `[${texts.map(celString).join(', ')}]`
}
