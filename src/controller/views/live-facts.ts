import type { WorkloadRef } from '../../api/kinds/workload-ref.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { readable } from '../../api/schema/readable.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resources } from '../../cluster/client/resources.ts'
import { readTyped } from '../../cluster/client/typed-object.ts'
import type { Membership } from '../../decision/pod/owner-chain.ts'
import { isTakenUp } from '../../decision/phase.ts'
import { podNameOf } from '../../decision/pod/target.ts'
import { targetRef } from '../../decision/template.ts'
import type { Facts } from '../../provision/facts/request-facts.ts'
import { readLabels, readRequest, readTemplate } from '../../live/live-objects.ts'
import { readMembership } from '../../live/pod-membership.ts'
import { trimPod } from './trim-pod.ts'
import { findWorkloadKind } from '../../decision/pod/workload-kind.ts'
import { asWorkload, type WorkloadKind } from './workloads.ts'

/** Returns the request under this key as it is now. */
export function readLiveRequest(client: Client, key: string, signal: AbortSignal): Promise<AccessRequest | undefined> {
  const [namespace = '', name = ''] = key.split('/')
  return readRequest(client, { namespace, name }, signal)
}

/**
 * Returns the facts as they are now, read one by one. A view may be behind: it may not have seen a pod or grant yet.
 * Undefined if the request itself is gone, or is another.
 */
export async function confirmFacts(
  client: Client,
  facts: Facts,
  workloads: readonly WorkloadKind[],
  signal: AbortSignal,
): Promise<Facts | undefined> {
  const { request, grants } = facts
  const { namespace, name, uid } = request.metadata
  const { templateRef } = request.spec
  const approvals = request.status?.approvals ?? []
  const names = new Set([...approvals, ...grants.map(({ metadata }) => metadata)].map((grant) => grant.name))
  const podName = podNameOf(request) ?? facts.pod?.metadata.name
  const [live, livePod, template, workload, namespaceLabels, ...liveGrants] = await Promise.all([
    readLiveRequest(client, `${namespace}/${name}`, signal),
    podName === undefined ? undefined : client.get(resources.Pod, { namespace, name: podName }, signal),
    templateRef && readTemplate(client, templateRef, namespace, signal),
    confirmWorkload(client, facts, workloads, signal),
    confirmLabels(client, facts, signal),
    ...[...names].map((grant) => readTyped(client, readable.grant, { namespace, name: grant }, signal)),
  ])
  if (live?.metadata.uid !== uid) return undefined
  const pod = livePod && trimPod(livePod)
  return {
    ...facts,
    request: live,
    pod,
    template,
    workload,
    ...(await confirmMembership(client, { pod, workload }, workloads, signal)),
    namespaceLabels,
    grants: liveGrants.filter((grant) => grant !== undefined).filter((grant) => grant.spec.requestRef.uid === uid),
  }
}

/** Returns the labels of the namespace as they are now, if somebody may still be refused for them. */
async function confirmLabels(
  client: Client,
  { request, namespaceLabels }: Facts,
  signal: AbortSignal,
): Promise<Facts['namespaceLabels']> {
  const { metadata, spec } = request
  if (spec.templateRef?.kind !== 'ClusterAccessTemplate' || isTakenUp(request)) return namespaceLabels
  return readLabels(client, metadata.namespace, signal)
}

/** Tells whose pod it is, by its controllers as they are now. */
async function confirmMembership(
  client: Client,
  { pod, workload }: Pick<Facts, 'pod' | 'workload'>,
  kinds: readonly WorkloadKind[],
  signal: AbortSignal,
): Promise<Membership> {
  if (!pod || !workload) return { isOfWorkload: false, isOfAnother: false }
  return readMembership({ client, kinds, signal }, pod, workload)
}

/** Returns the workload that the request rests on, or will rest on, as it is now. Undefined if it is gone. */
async function confirmWorkload(
  client: Client,
  facts: Facts,
  kinds: readonly WorkloadKind[],
  signal: AbortSignal,
): Promise<Facts['workload']> {
  const { request, workload } = facts
  const before = request.status?.target?.workload
  const target = targetToRead(facts)
  if (!target) return workload
  const resource = target.kind === 'Pod' ? resources.Pod : findWorkloadKind(target, kinds)
  if (!resource) return undefined
  const { namespace } = request.metadata
  const { kind, name } = before ?? target
  return asWorkload(kind, await client.get(resource, { namespace, name }, signal))
}

/** Returns what names the workload. A request that was taken up and noted none rests on none. */
function targetToRead({ request, template }: Facts): WorkloadRef | undefined {
  const before = request.status?.target?.workload
  if (!before && isTakenUp(request)) return undefined
  return (template && targetRef(template)) ?? before
}
