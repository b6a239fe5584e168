// Control characters move a terminal's cursor, C1 as well as C0 (CVE-2021-25743). Some format characters reorder what
// is read (CVE-2021-42574). Others are invisible, as are some letters and marks, such as U+3164. Half a character is
// not a character.
export const unseenIn = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu

// A name in Kubernetes has at most 253 characters. User names may be longer, but nobody reads on.
const maxValueLength = 301

/** Escapes the characters that a terminal would obey and not show, and cuts off the part that nobody would read. */
export function printable(value: string): string {
  return printableWhole(cut(value, maxValueLength))
}

/** Escapes like `printable`, but cuts nothing. Use it for a text that an approver must see whole. */
export function printableWhole(value: string): string {
  return value.replace(unseenIn, escaped)
}

/** Escapes all that a terminal would obey in a text of others, such as a Status message. Its lines stay lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printableWhole).join('\n')
}

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
}

/**
 * Cuts a text to a length. It never leaves half a character. The API server would store another character in its place,
 * and the stored text would differ for ever from the wanted one.
 */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).toWellFormed()}…` : text
}
