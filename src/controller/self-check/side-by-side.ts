import type { Instant } from '../../api/duration.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { fieldsOf } from '../../api/fields.ts'
import { replicaLabels } from '../../install/deployed/service.ts'

const versionLabel = 'app.kubernetes.io/version'
const labelSelector = Object.entries(replicaLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join(',')

/**
 * True while replicas of two versions may be called, as in an upgrade or a rollback. The configurations
 * must then name no webhook that only one of them knows. The other one would answer that it has no such path.
 */
export async function areVersionsSideBySide(
  client: Pick<Client, 'list'>,
  namespace: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { items } = await client.list(resources.Pod, { namespace, labelSelector }, signal)
  const now = Date.now()
  return new Set(items.filter((pod) => mayBeCalled(pod, now)).map(versionOf)).size > 1
}

/** A replica that is stopped serves until the end of its grace, which is the time of its deletion. */
function mayBeCalled(pod: KubeObject & { readonly status?: unknown }, now: Instant): boolean {
  const { deletionTimestamp } = pod.metadata
  const hasEnded = ['Succeeded', 'Failed'].includes(String(fieldsOf(pod.status)['phase']))
  return !hasEnded && (deletionTimestamp === undefined || Date.parse(deletionTimestamp) > now)
}

function versionOf({ metadata }: KubeObject): string | undefined {
  return metadata.labels?.[versionLabel]
}
