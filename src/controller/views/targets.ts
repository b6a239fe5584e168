import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { WorkloadRef } from '../../api/kinds/workload-ref.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { UsedWorkload } from '../../api/kinds/access-request-status.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Pod } from '../../api/pod.ts'
import { choosePod } from '../../decision/pod/choose-pod.ts'
import { isPodOf, membershipOf, type Controllers, type Membership } from '../../decision/pod/owner-chain.ts'
import { podNameOf } from '../../decision/pod/target.ts'
import { findWorkloadKind } from '../../decision/pod/workload-kind.ts'
import { targetRef } from '../../decision/template.ts'
import { podOfAccess } from '../../decision/kinds/access-kinds.ts'
import type { PodFacts } from '../../provision/facts/request-facts.ts'
import { asWorkload } from './workloads.ts'
import { byNamespace, workloadKindsOf, type Views } from './views.ts'

/** Returns what the views know of the pod that a request is about, or of the one that would be chosen now. */
export function targetOf(views: Views, request: AccessRequest, template: AnyTemplate | undefined): PodFacts {
  const { namespace } = request.metadata
  const named = podNameOf(request)
  const pod = named === undefined ? undefined : views.pods.get(`${namespace}/${named}`)
  const target = template && targetRef(template)
  const workload = target && workloadOf(views, target, namespace)
  if (!workload) return { pod, workload, ...ofNobody }
  if (named !== undefined) return { pod, workload, ...(pod ? standing(views, pod, workload) : ofNobody) }
  const isChosen = podOfAccess(request.spec) === 'shared'
  const chosen = isChosen ? choosePod(podsOf(views, workload, namespace)) : undefined
  return { pod: chosen, workload, ...ofNobody, isOfWorkload: chosen !== undefined }
}

/** Returns the workload that a template targets in a namespace. Undefined if it is missing, or is being deleted. */
export function workloadOf(views: Views, target: WorkloadRef, namespace: string): UsedWorkload | undefined {
  const { kind, name } = target
  const key = `${namespace}/${name}`
  return asWorkload(kind, kind === 'Pod' ? views.pods.get(key) : workloadView(views, target)?.get(key))
}

function workloadView(views: Views, target: WorkloadRef): Views['workloads'][number]['objects'] | undefined {
  const resource = findWorkloadKind(target, workloadKindsOf(views))
  return views.workloads.find((one) => one.resource === resource)?.objects
}

/** Returns the pods of a workload. */
export function podsOf(views: Views, workload: UsedWorkload, namespace: string): readonly Pod[] {
  return views.pods.by(byNamespace, namespace).filter((pod) => belongsTo(views, pod, workload))
}

const ofNobody: Membership = { isOfWorkload: false, isOfAnother: false }

function standing(views: Views, pod: Pod, workload: UsedWorkload): Membership {
  return membershipOf(pod, workload, controllersIn(views, pod.metadata.namespace))
}

function belongsTo(views: Views, pod: Pod, workload: UsedWorkload): boolean {
  return isPodOf(pod, workload.uid, controllersIn(views, pod.metadata.namespace).find)
}

function controllersIn(views: Views, namespace: string): Controllers {
  const viewOf = ({ apiVersion, kind }: OwnerReference): Views['workloads'][number] | undefined =>
    views.workloads.find(({ resource }) => resource.kind === kind && resource.apiVersion === apiVersion)
  return {
    find: (owner) => viewOf(owner)?.objects.get(`${namespace}/${owner.name}`),
    follows: (owner) => viewOf(owner) !== undefined,
  }
}
