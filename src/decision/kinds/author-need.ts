import type { PodRight } from './exec/exec-rights.ts'
import { say } from '../text/sentence.ts'

/** A right that the author of a template must have, in the form in which a SubjectAccessReview asks. */
export interface AuthorNeed {
  readonly group: string
  readonly resource: 'pods' | 'roles' | 'clusterroles' | 'accesstemplates' | 'clusteraccesstemplates'
  readonly subresource?: PodRight['subresource']
  readonly verb: PodRight['verbs'][number] | 'bind' | 'escalate'
  readonly name?: string
  /** Left out if the right must hold in all namespaces. */
  readonly namespace?: string
  /** The same in words. It goes after `may not`. */
  readonly text: string
}

/** The need of a right on pods. @param namespace Undefined for all namespaces. */
export function needOfPods(
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
