import { resources } from '../cluster/client/resources.ts'
import type { Client } from '../cluster/client/client.ts'
import { readControllers } from '../cluster/client/controllers-of.ts'
import type { KubeObject, Resource } from '../cluster/client/resource.ts'
import type { UsedWorkload } from '../api/kinds/access-request-status.ts'
import type { WorkloadRef } from '../api/kinds/workload-ref.ts'
import { membershipOf, type Membership } from '../decision/pod/owner-chain.ts'
import { findWorkloadKind } from '../decision/pod/workload-kind.ts'

interface MembershipReading {
  readonly client: Pick<Client, 'get'>
  /** The kinds of the controllers that are read. */
  readonly kinds: readonly Resource[]
  readonly signal: AbortSignal
}

/** Tells whose pod it is, by its controllers as they are now. */
export async function readMembership(
  { client, kinds, signal }: MembershipReading,
  pod: Pick<KubeObject, 'metadata'>,
  workload: UsedWorkload,
): Promise<Membership> {
  const controllers = await readControllers(client, pod, kinds, signal)
  return membershipOf(pod, workload, {
    find: ({ uid }) => controllers.find(({ metadata }) => metadata.uid === uid),
    follows: ({ apiVersion, kind }) => kinds.some((one) => one.kind === kind && one.apiVersion === apiVersion),
  })
}

/**
 * True if the named pod belongs for certain to another workload than the target. It is false where nobody can tell yet. Then the pod
 * or the workload is not there, or the pod is being deleted, and another one may get its name.
 */
export async function isNamedPodOfAnother(
  reading: MembershipReading,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  target: WorkloadRef,
): Promise<boolean> {
  const { client, kinds, signal } = reading
  if (target.kind === 'Pod') return name !== target.name
  const resource = findWorkloadKind(target, kinds)
  if (!resource) return false
  const [pod, workload] = await Promise.all([
    client.get(resources.Pod, { namespace, name }, signal),
    client.get(resource, { namespace, name: target.name }, signal),
  ])
  const uid = workload?.metadata.uid
  if (!pod || pod.metadata.deletionTimestamp !== undefined || uid === undefined) return false
  return (await readMembership(reading, pod, { ...target, uid })).isOfAnother
}
