import { cut, printable, printableWhole } from '../../api/printable.ts'

// A message of a status has at most 4096 characters. Some of them are for our own words.
const maxQuotedLength = 3_500

/** The words of another part of the cluster, cut to the length that fits into a status. */
export function quoted(text: string): string {
  return cut(printableWhole(text), maxQuotedLength)
}

// An approver may write as much into a grant.
const maxToldLength = 1_024

/** The words of somebody outside to the user, on one line. A terminal does not obey any character in them. */
export function toldByOthers(text: string): string {
  return printableWhole(cut(text.toWellFormed(), maxToldLength))
}

/** Template tag for texts to users. Each value in it comes from outside, and is made printable. */
export function say(text: TemplateStringsArray, ...values: readonly string[]): string {
  return text.reduce((sentence, piece, index) => sentence + printable(values[index - 1] ?? '') + piece)
}
