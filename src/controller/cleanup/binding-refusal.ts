import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import type { Binding } from '../../api/kinds/access/role-access.ts'
import { say } from '../../decision/text/sentence.ts'
import { bindingText } from '../../decision/kinds/role/role-bindings.ts'
import { cut, printableWhole } from '../../api/printable.ts'
import { binderLabel } from '../../api/installation.ts'
import { boundName } from '../../provision/role/role-objects.ts'

/** The reason why one binding of a request cannot be made. */
export interface BindingRefusal {
  /** The name of the binding. */
  readonly name: string
  /** The words of the API server. Undefined if it was not asked, because Sallyport lacks the right to bind. */
  readonly words?: string
  /** True if the API server may accept the binding soon. */
  readonly isPassing: boolean
  readonly cause?: KubeApiError
}

/**
 * Returns why the API server did not make a binding: its refusal, or that it did not answer.
 * @throws any other error
 */
export function refusalOf(error: unknown, name: string): BindingRefusal {
  if (!(error instanceof KubeApiError)) throw error
  const { status = 500, statusMessage } = error
  return {
    name,
    words: statusMessage ?? 'the API server did not answer',
    isPassing: status >= 500 || [408, 409, 429].includes(status),
    cause: error,
  }
}

/**
 * Throws if the API server fails under a live access: its failure must not end the access. If nobody has the access
 * yet, nothing is left in part.
 */
export function throwIfPassing({ isPassing, cause }: BindingRefusal, { status }: AccessRequest): void {
  if (isPassing && cause && status?.phase === 'Active') throw cause
}

// The API server lists every right that is missing, in 1 700 characters and more. The log has all of them.
const maxTold = 300

/** Returns a sentence that says which binding cannot be made, with the remedy or the API server's words. */
export function bindingRefusalText({ name, words }: BindingRefusal, { metadata, status }: AccessRequest): string {
  const { bindings = [] } = status ?? {}
  const at = bindings.findIndex((_binding, index) => name === boundName(metadata.uid, index))
  const binding = bindings[at]
  const which = binding ? `binding ${at + 1} of ${bindings.length}, ${bindingText(binding)}` : 'a binding'
  if (words === undefined) return cut(binding ? cannotBind(binding, which) : `Sallyport may not make ${which}`, maxTold)
  return `${which}, was refused, so Sallyport binds nothing, and tries again: ${cut(printableWhole(words), maxTold)}`
}

function cannotBind({ roleRef: { kind, name } }: Binding, which: string): string {
  const role = say`${kind === 'Role' ? 'roles' : 'clusterroles'}/${name}`
  const remedy = `Have an administrator make a ClusterRole with the label ${binderLabel}: "true" that allows the verb bind on ${role}.`
  return `${remedy} Sallyport may not bind it (${which}), so it binds nothing, and tries again.`
}
