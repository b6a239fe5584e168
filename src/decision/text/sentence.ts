import { cut, printable, printableWhole } from '../../api/printable.ts'

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
