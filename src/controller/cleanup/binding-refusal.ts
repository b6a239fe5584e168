import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { bindingText } from '../../decision/kinds/role/role-bindings.ts'
import { printableWhole } from '../../api/printable.ts'
import { binderLabel } from '../../api/installation.ts'
import { boundName } from '../../provision/role/role-objects.ts'

/** The reason why one binding of a request cannot be made. */
export interface BindingRefusal {
  /** The name of the binding. */
  readonly name: string
  readonly words: string
  readonly isUnlisted: boolean
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
    isUnlisted: status === 403,
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

const maxWords = 1_500

/** Returns a sentence that says which binding was refused, with the API server's words. */
export function bindingRefusalText(
  { name, words, isUnlisted }: BindingRefusal,
  { metadata, status }: AccessRequest,
): string {
  const { bindings = [] } = status ?? {}
  const at = bindings.findIndex((_binding, index) => name === boundName(metadata.uid, index))
  const binding = bindings[at]
  const which = binding ? `binding ${at + 1} of ${bindings.length}, ${bindingText(binding)},` : 'a binding'
  const hint = isUnlisted ? ` (Sallyport binds only what a ClusterRole labelled ${binderLabel}=true lets it bind)` : ''
  return `${which} was refused, so Sallyport binds nothing, and tries again: ${printableWhole(words).slice(0, maxWords)}${hint}`
}
