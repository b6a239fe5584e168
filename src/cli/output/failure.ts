import { printableLines } from '../../api/printable.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { KubeConfigError } from '../../cluster/kube-config/kube-config-error.ts'
import { exitCode, type ExitCode } from './exit-code.ts'

/** Ends a verb with a sentence. It is printed as it is, so values in it must be printable already. */
export class Refusal extends Error {
  override readonly name = 'Refusal'

  /** The exit code of the program. */
  readonly exitCode: ExitCode

  constructor(sentence: string, code: ExitCode = exitCode.error) {
    super(sentence)
    this.exitCode = code
  }
}

/** Returns the sentence that tells the user what went wrong. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message
  if (error instanceof KubeApiError) return printableLines(fromApiServer(error))
  return printableLines(messageOf(error))
}

/** Returns the exit code of the program after this error. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof Refusal ? error.exitCode : exitCode.error
}

function fromApiServer(error: KubeApiError): string {
  // The API server says only `Unauthorized`.
  if (error.status === 401)
    return 'You are not logged in: the API server refuses the credentials of the kubeconfig. Log in again.'
  if (error.statusMessage !== undefined) return error.statusMessage
  if (error.status !== undefined || error.cause === undefined) return error.message
  // No API server was asked.
  if (error.cause instanceof KubeConfigError) return error.cause.message
  const server = error.server === undefined ? '' : ` ${error.server}`
  return `The API server${server} cannot be reached: ${isLate(error.cause) ? late : messageOf(error.cause)}`
}

const late = 'it did not answer in time. --request-timeout changes the time.'

function isLate(error: unknown): boolean {
  return error instanceof Error && /Timeout(Error)?$/.test(error.name)
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // An address with IPv4 and IPv6 fails with one error for each. The error around them has no text.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error.message === '' ? error.name : error.message
}
