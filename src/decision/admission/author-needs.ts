import type { AccessTemplateAsked } from '../../api/kinds/access-template-spec.ts'
import type { ExecTemplate } from '../../api/kinds/exec-template.ts'
import { apiGroup } from '../../api/kinds/kind.ts'
import type { Binding } from '../../api/kinds/role-access.ts'
import { evictionRight, execRights, type PodRight } from '../kinds/exec-rights.ts'
import { bindingsFor, bindingText } from '../kinds/role-bindings.ts'
import { say } from '../text/sentence.ts'

/** What the author of a template must be allowed to do, as a SubjectAccessReview asks it. */
export interface AuthorNeed {
  readonly group: string
  readonly resource: 'pods' | 'roles' | 'clusterroles' | 'accesstemplates' | 'clusteraccesstemplates'
  readonly subresource?: PodRight['subresource']
  readonly verb: PodRight['verbs'][number] | 'bind' | 'escalate'
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
  { access: { exec, shell, role } }: AccessTemplateAsked['spec'],
  namespace: string | undefined,
): readonly AuthorNeed[] {
  return [
    ...(exec ? needsOfExec(exec, namespace) : []),
    ...(shell ? [needOfPods('create', undefined, namespace)] : []),
    ...(role ? bindingsFor(role, namespace).map(needOfBinding) : []),
  ]
}

/**
 * The right to offer what gives more than the workload has, such as its node. No operation has this verb, just as none has
 * `escalate` on roles. Who holds `*`, as cluster-admin does, holds it.
 */
export function needToEscalate(namespace: string | undefined): AuthorNeed {
  const resource = namespace === undefined ? 'clusteraccesstemplates' : 'accesstemplates'
  const where = namespace === undefined ? '' : say` in namespace ${namespace}`
  return {
    group: apiGroup,
    resource,
    verb: 'escalate',
    ...(namespace !== undefined && { namespace }),
    text: `escalate ${resource}${where}`,
  }
}

function needsOfExec(exec: ExecTemplate, namespace: string | undefined): readonly AuthorNeed[] {
  const rights = [...execRights(exec), ...(exec.onExpiry?.evict ? [evictionRight] : [])]
  return rights.flatMap(({ subresource, verbs }) => verbs.map((verb) => needOfPods(verb, subresource, namespace)))
}

function needOfPods(
  verb: PodRight['verbs'][number],
  subresource: PodRight['subresource'] | undefined,
  namespace: string | undefined,
): AuthorNeed {
  const what = subresource === undefined ? 'pods' : `pods/${subresource}`
  const where = namespace === undefined ? 'in all namespaces' : say`in namespace ${namespace}`
  return {
    group: '',
    resource: 'pods',
    ...(subresource !== undefined && { subresource }),
    verb,
    ...(namespace !== undefined && { namespace }),
    text: `${verb} ${what} ${where}`,
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
