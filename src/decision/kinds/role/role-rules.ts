import type { Binding } from '../../../api/kinds/access/role-access.ts'
import type { AccessRules } from '../access-rules.ts'
import type { AuthorNeed } from '../author-need.ts'
import { bindingsFor, bindingText, rolesOffered } from './role-bindings.ts'

/** The rules of roles for a time. They are not about a pod. */
export const roleRules: AccessRules<'role'> = {
  pod: 'none',
  enteredBy: 'requestor',
  beyond: () => undefined,
  briefly: (offered) => `role ${rolesOffered(offered)}`,
  workload: () => undefined,
  findings: () => ({ problems: [], dangers: [] }),
  mayBringDangers: false,
  // An author may only offer roles that they could bind themselves.
  needs: (offered, namespace) => bindingsFor(offered, namespace).map(needOfBinding),
  scope: () => undefined,
  namedPod: () => undefined,
  facts: () => ({}),
  outlivesItsPod: () => false,
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
