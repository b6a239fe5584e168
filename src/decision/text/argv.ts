import { printable } from '../../api/printable.ts'
import { say } from './sentence.ts'

const plainWord = /^[A-Za-z0-9_/:=.,@+-]+$/

// A terminal line or two; a longer suggestion helps nobody and a cut one would run something else.
const maxLength = 400

/**
 * Writes argv as a POSIX shell would read it back, for a command that the user may paste.
 * Undefined where that is not safely possible: too long, or with characters that a terminal obeys.
 */
export function shellWords(argv: readonly string[]): string | undefined {
  const length = argv.reduce((sum, word) => sum + word.length, 0)
  if (length > maxLength || argv.some((word) => printable(word) !== word)) return undefined
  return argv.map((word) => (plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}

/** Whether both are the same argv, word by word. */
export function isSameArgv(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index])
}

interface GrantArguments {
  readonly name: string
  readonly namespace: string
  /** Undefined while there is none: the command then shows the request, and grants nothing. */
  readonly digest: string | undefined
}

/** What an approver types to grant a request. */
export function grantCommand({ name, namespace, digest }: GrantArguments): string {
  return say`kubectl access grant ${name} -n ${namespace}${digest === undefined ? '' : ` --digest ${digest}`}`
}
