import type { UsedWorkload } from '../../api/kinds/access-request-status.ts'
import type { Resource, KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { controllerOf } from '../../api/owner-reference.ts'
import { apiGroupOf } from '../../decision/api-group.ts'
import type { Owner } from '../../decision/pod/owner-chain.ts'
import { findWorkloadKind } from '../../decision/pod/workload-kind.ts'
import type { PodTemplatePaths, Reference } from '../../provision/shell/template/pod-template-in.ts'

/** A kind that a template may target beside Pod. */
export interface WorkloadKind extends Resource, PodTemplatePaths {}

const inTemplate = { podTemplate: 'spec.template' }

/** The kinds that are always there. */
export const builtInWorkloads: readonly WorkloadKind[] = [
  { ...resources.Deployment, ...inTemplate },
  { ...resources.StatefulSet, ...inTemplate },
  { ...resources.DaemonSet, ...inTemplate },
  { ...resources.ReplicaSet, ...inTemplate },
  { ...resources.Job, ...inTemplate },
  { ...resources.CronJob, podTemplate: 'spec.jobTemplate.spec.template' },
]

/** Returns the kinds that a template may target beside Pod: the built-in ones, then those of the config. */
export function workloadKinds(configured: readonly Omit<WorkloadKind, 'namespaced'>[]): readonly WorkloadKind[] {
  return [...builtInWorkloads, ...configured.map((kind) => ({ ...kind, namespaced: true }))]
}

/** Returns the kind that a workload's reference means, in any version: the object is the same. */
export function findReferredKind(reference: Reference, kinds: readonly WorkloadKind[]): WorkloadKind | undefined {
  return findWorkloadKind({ ...reference, group: apiGroupOf(reference) }, kinds)
}

/**
 * Returns the part of a workload that the view needs: that it exists, its controller, its selector, and its generation,
 * which shows a change. A whole one is some 10 KB.
 */
export function trimWorkload(object: KubeObject & Owner): KubeObject & Owner {
  const { apiVersion, kind, metadata, spec } = object
  const { name, namespace, uid, resourceVersion, generation, deletionTimestamp } = metadata
  const owner = controllerOf(metadata)
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(uid !== undefined && { uid }),
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(generation !== undefined && { generation }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      ...(owner && { ownerReferences: [owner] }),
    },
    ...(spec?.selector !== undefined && { spec: { selector: spec.selector } }),
  }
}

/** Returns what a request notes of a workload. Undefined if the workload is missing, or is being deleted. */
export function asWorkload(kind: string, object: Pick<KubeObject, 'metadata'> | undefined): UsedWorkload | undefined {
  if (object?.metadata.uid === undefined || object.metadata.deletionTimestamp !== undefined) return undefined
  return { kind, name: object.metadata.name, uid: object.metadata.uid }
}
