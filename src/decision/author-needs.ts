import type { AccessTemplateAsked } from '../api/kinds/access-template-spec.ts'
import type { Binding } from '../api/kinds/role-access.ts'
import { bindingsFor, bindingText } from './role-bindings.ts'
import { say } from './sentence.ts'

/** What the author of a template must be allowed to do, as a SubjectAccessReview asks it. */
export interface AuthorNeed {
  readonly group: string
  readonly resource: 'pods' | 'roles' | 'clusterroles'
  readonly verb: 'create' | 'bind'
  readonly name?: string
  /** Left out: in all namespaces. */
  readonly namespace?: string
  /** The same in words, to go after `may not`. */
  readonly text: string
}

/**
 * Nobody offers what they could not give themselves.
 * @param namespace of the template; undefined: it is for many, and what it gives where somebody asks, it may give anywhere
 */
export function authorNeeds(
  { access: { shell, role } }: AccessTemplateAsked['spec'],
  namespace: string | undefined,
): readonly AuthorNeed[] {
  const shells = shell ? [needOfShell(namespace)] : []
  return [...shells, ...(role ? bindingsFor(role, namespace).map(needOfBinding) : [])]
}

function needOfShell(namespace: string | undefined): AuthorNeed {
  const where = namespace === undefined ? 'in all namespaces' : say`in namespace ${namespace}`
  return {
    group: '',
    resource: 'pods',
    verb: 'create',
    ...(namespace !== undefined && { namespace }),
    text: `create pods ${where}`,
  }
}

function needOfBinding(binding: Binding): AuthorNeed {
  const { roleRef, namespace } = binding
  return {
    group: 'rbac.authorization.k8s.io',
    resource: roleRef.kind === 'Role' ? 'roles' : 'clusterroles',
    verb: 'bind',
    name: roleRef.name,
    ...(namespace !== undefined && { namespace }),
    text: `bind ${bindingText(binding)}`,
  }
}
