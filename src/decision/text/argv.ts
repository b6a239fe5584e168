import { printable, printableWhole } from '../../api/printable.ts'
import { say } from './sentence.ts'

const plainWord = /^[A-Za-z0-9_/:=.,@+-]+$/

// One or two lines of a terminal. A longer suggestion does not help, and a cut one would run something else.
const maxLength = 400

/**
 * Writes argv so that a POSIX shell reads the same argv back. The user may paste it.
 * Returns undefined if that is not safe: argv is too long, or has characters that a terminal obeys.
 */
export function shellWords(argv: readonly string[]): string | undefined {
  const length = argv.reduce((sum, word) => sum + word.length, 0)
  if (length > maxLength || argv.some((word) => printable(word) !== word)) return undefined
  return argv.map((word) => (plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}

/** The character that the API server writes for each byte that is not text: it shows `cat /\ufffd`, and runs `cat /\xff`. */
export const standIn = '\ufffd'

/** Shows a command in a sentence: as a shell reads it if that is safe, else as JSON, in which nothing is hidden. */
export function argvText(argv: readonly string[]): string {
  return shellWords(argv) || printableWhole(JSON.stringify(argv))
}

/** The command with which an approver looks at a request, and approves it. */
export function approveCommand({ name, namespace }: { readonly name: string; readonly namespace: string }): string {
  return say`kubectl access approve ${name} -n ${namespace}`
}
