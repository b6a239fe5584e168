// Controls move a terminal's cursor, C1 as well as C0 (CVE-2021-25743); of the formats some reorder what is read
// (CVE-2021-42574) and others cannot be seen, nor can some letters and marks, such as U+3164; half a character is none.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/gu

// A name in Kubernetes has at most 253 characters; user names may be longer, but nobody reads on.
const maxValueLength = 301

/** Escapes what a terminal would obey instead of show, and cuts what nobody would read. */
export function printable(value: string): string {
  return printableWhole(cut(value, maxValueLength))
}

/** As printable, but cuts nothing: for what somebody is asked to approve. */
export function printableWhole(value: string): string {
  return value.replace(unprintable, escaped)
}

function escaped(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
}

/**
 * As much of a text as fits. Never half a character: the API server would store another in its place, and what was meant would
 * differ for ever from what is there.
 */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).toWellFormed()}…` : text
}
