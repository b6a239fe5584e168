import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { WorkloadRef } from '../../api/kinds/workload-ref.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { UsedWorkload } from '../../api/kinds/access-request-status.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Pod } from '../../api/pod.ts'
import { choosePod } from '../../decision/pod/choose-pod.ts'
import { isPodOf, type Owner } from '../../decision/pod/owner-chain.ts'
import { podNameOf } from '../../decision/pod/target.ts'
import { targetRef } from '../../decision/template.ts'
import { podOfAccess } from '../../decision/kinds/access-kinds.ts'
import type { PodFacts } from '../../provision/facts/request-facts.ts'
import { asWorkload, findWorkloadKind } from './workloads.ts'
import { byNamespace, workloadKindsOf, type Views } from './views.ts'

/** Returns what the views know of the pod that a request is about, or of the one that would be chosen now. */
export function targetOf(views: Views, request: AccessRequest, template: AnyTemplate | undefined): PodFacts {
  const { namespace } = request.metadata
  const named = podNameOf(request)
  const pod = named === undefined ? undefined : views.pods.get(`${namespace}/${named}`)
  const target = template && targetRef(template)
  if (!target) return { pod, workload: undefined, isOfWorkload: false }
  const workload = workloadOf(views, target, namespace)
  if (!workload) return { pod, workload, isOfWorkload: false }
  if (named !== undefined) return { pod, workload, isOfWorkload: pod !== undefined && belongsTo(views, pod, workload) }
  const isChosen = podOfAccess(request.spec) === 'shared'
  const chosen = isChosen ? choosePod(podsOf(views, workload, namespace)) : undefined
  return { pod: chosen, workload, isOfWorkload: chosen !== undefined }
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

function belongsTo(views: Views, pod: Pod, workload: UsedWorkload): boolean {
  const { namespace } = pod.metadata
  return isPodOf(pod, workload.uid, (owner) => ownerIn(views, owner, namespace))
}

function ownerIn(views: Views, { apiVersion, kind, name }: OwnerReference, namespace: string): Owner | undefined {
  const view = views.workloads.find(({ resource }) => resource.kind === kind && resource.apiVersion === apiVersion)
  return view?.objects.get(`${namespace}/${name}`)
}
