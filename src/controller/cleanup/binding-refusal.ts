import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { bindingText } from '../../decision/kinds/role/role-bindings.ts'
import { printableWhole } from '../../api/printable.ts'
import { binderLabel } from '../../api/installation.ts'
import { boundName } from '../../provision/role/role-objects.ts'

/** Why one binding of a request cannot be made. */
export interface BindingRefusal {
  /** Of the binding. */
  readonly name: string
  readonly words: string
  readonly isUnlisted: boolean
  /** Asked again soon, the API server may do it. */
  readonly isPassing: boolean
  readonly cause?: KubeApiError
}

/** @throws what is no answer, or no lack of one, of the API server */
export function refusalOf(error: unknown, name: string): BindingRefusal {
  if (!(error instanceof KubeApiError)) throw error
  const { status = 500, statusMessage } = error
  return {
    name,
    words: statusMessage ?? 'the API server did not answer',
    isUnlisted: status === 403,
    isPassing: status >= 500 || [408, 409, 429].includes(status),
    cause: error,
  }
}

/** What is live is not taken away because the API server fails. Where nobody has anything yet, nothing is left in part. */
export function throwIfPassing({ isPassing, cause }: BindingRefusal, { status }: AccessRequest): void {
  if (isPassing && cause && status?.phase === 'Active') throw cause
}

const maxWords = 1_500

/** Which binding, and the API server's words. */
export function bindingRefusalText(
  { name, words, isUnlisted }: BindingRefusal,
  { metadata, status }: AccessRequest,
): string {
  const { bindings = [] } = status ?? {}
  const at = bindings.findIndex((_binding, index) => name === boundName(metadata.uid, index))
  const binding = bindings[at]
  const which = binding ? `binding ${at + 1} of ${bindings.length}, ${bindingText(binding)},` : 'a binding'
  const hint = isUnlisted ? ` (it binds what a ClusterRole labelled ${binderLabel}=true lets it bind)` : ''
  return `${which} was refused, so none is there, and it is tried again: ${printableWhole(words).slice(0, maxWords)}${hint}`
}
