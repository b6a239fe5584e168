// C0 and C1 controls move a terminal's cursor (CVE-2021-25743); the bidirectional ones reorder what is read.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

// A name in Kubernetes has at most 253 characters; user names may be longer, but nobody reads on.
const maxValueLength = 301

/** Escapes what a terminal would obey instead of show, and cuts what nobody would read. */
export function printable(value: string): string {
  return printableWhole(cut(value, maxValueLength))
}

/** As printable, but cuts nothing: for what somebody is asked to approve. */
export function printableWhole(value: string): string {
  return value.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * As much of a text as fits. Never half a character: the API server would store another in its place, and what was meant would
 * differ for ever from what is there.
 */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).toWellFormed()}…` : text
}

// A message of a status has at most 4096 characters, in which there are words of ours, too.
const maxQuotedLength = 3_500

/** What another part of the cluster says, word for word, as far as a status holds it. */
export function quoted(text: string): string {
  return cut(printableWhole(text), maxQuotedLength)
}

// As much as an approver may write into a grant.
const maxToldLength = 1_024

/** What somebody outside tells the user, who must see that it is one text and no terminal's order. */
export function toldByOthers(text: string): string {
  return printableWhole(cut(text.toWellFormed(), maxToldLength))
}

/** Template tag for texts to users: each value in it comes from outside and is made printable. */
export function say(text: TemplateStringsArray, ...values: readonly string[]): string {
  return text.reduce((sentence, piece, index) => sentence + printable(values[index - 1] ?? '') + piece)
}
