import { KubeApiError } from '../cluster/client/api-error.ts'
import { KubeConfigError } from '../cluster/kube-config/kube-config-error.ts'
import { printableLines } from './output.ts'

/** Ends a verb with a sentence that is printed as it is: values in it must be printable already. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** What went wrong, for the one who typed the command. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refusal) return error.message
  if (error instanceof KubeApiError) return printableLines(fromApiServer(error))
  return printableLines(messageOf(error))
}

function fromApiServer(error: KubeApiError): string {
  // `Unauthorized` is all that it says.
  if (error.status === 401)
    return 'You are not logged in: the API server does not take the credentials of the kubeconfig.'
  if (error.statusMessage !== undefined) return error.statusMessage
  if (error.status !== undefined || error.cause === undefined) return error.message
  // Nobody was asked.
  if (error.cause instanceof KubeConfigError) return error.cause.message
  return `The API server gave no answer: ${messageOf(error.cause)}`
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // An address with an IPv4 and an IPv6 side fails with one error for each, and no text of its own.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ')
  return error.message === '' ? error.name : error.message
}
