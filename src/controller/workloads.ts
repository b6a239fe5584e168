import type { Workload } from '../api/kinds/access-request-status.ts'
import type { WorkloadRef } from '../api/kinds/workload-ref.ts'
import type { Resource, KubeObject } from '../cluster/resource.ts'
import { resources } from '../cluster/resources.ts'
import { controllerOf } from '../decision/owner-chain.ts'

/** Those that are always there. */
export const builtInWorkloads: readonly Resource[] = [
  resources.Deployment,
  resources.StatefulSet,
  resources.DaemonSet,
  resources.ReplicaSet,
  resources.Job,
]

/** The kinds that a template may target beside Pod: the built-in ones, then those of the config. */
export function workloadKinds(configured: readonly Omit<Resource, 'namespaced'>[]): readonly Resource[] {
  return [...builtInWorkloads, ...configured.map((kind) => ({ ...kind, namespaced: true }))]
}

function groupOf({ apiVersion }: Pick<Resource, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

/** The resource that a template's target means; undefined where none of these is. */
export function findWorkloadKind({ kind, group }: WorkloadRef, kinds: readonly Resource[]): Resource | undefined {
  return kinds.find((known) => known.kind === kind && (group === undefined || group === groupOf(known)))
}

/** Of a workload the view needs to know that it is there, and who controls it. A whole one is some 10 KB. */
export function trimWorkload({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, deletionTimestamp } = metadata
  const owner = controllerOf(metadata)
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(owner && { ownerReferences: [owner] }),
    },
  }
}

/** What a request notes of a workload; undefined where it is not there to stay. */
export function asWorkload(kind: string, object: Pick<KubeObject, 'metadata'> | undefined): Workload | undefined {
  if (object?.metadata.uid === undefined || object.metadata.deletionTimestamp !== undefined) return undefined
  return { kind, name: object.metadata.name, uid: object.metadata.uid }
}
