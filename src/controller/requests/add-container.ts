import type { ApiCall } from '../../cluster/client/transport.ts'
import type { Client } from '../../cluster/client/client.ts'
import { pathOf } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import type { AddedContainer } from '../../provision/facts/rehearsal.ts'

/** Adds an ephemeral container to a pod, and returns the pod. If another pod has its name by now, that is refused. */
export function addContainer(
  client: Pick<Client, 'call'>,
  { adds, to: { namespace, name, uid } }: AddedContainer,
  how: Pick<ApiCall, 'query' | 'signal'>,
): Promise<unknown> {
  const path = pathOf(resources.Pod, { namespace, name, subresource: 'ephemeralcontainers' })
  const body = { metadata: { uid }, spec: { ephemeralContainers: [adds] } }
  return client.call(path, { ...how, method: 'PATCH', contentType: 'application/strategic-merge-patch+json', body })
}
