import { apiGroup } from '../../api/kinds/kind.ts'
import type { AuthorNeed } from '../kinds/author-need.ts'
import { say } from '../text/sentence.ts'

/**
 * The right to offer more than the workload has, such as its node. No operation has this verb, just as no operation has
 * `escalate` on roles. A user who holds `*`, as cluster-admin does, holds this right.
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
