import { controllerOf, type OwnerReference } from '../../api/owner-reference.ts'
import type { WorkloadRef } from '../../api/kinds/workload-ref.ts'
import { apiGroupOf } from '../../decision/api-group.ts'
import type { Owned } from '../../decision/pod/owner-chain.ts'
import { isTypeOf } from './place.ts'

/** The pod that is to be entered, as far as the user may see it. */
export type Where =
  /** The pod, and those who control it, the nearest first. */
  | { readonly is: 'pod'; readonly name: string; readonly owners: readonly Owner[] }
  /** Only the name: the user may not read pods. */
  | { readonly is: 'name'; readonly name: string }
  /** Only a workload, as the user typed it. Sallyport chooses a pod of it. */
  | { readonly is: 'workload'; readonly type: string; readonly name: string }

type Owner = Pick<OwnerReference, 'apiVersion' | 'kind' | 'name'>

/**
 * True if the pod may belong to the target of a template. The server has the last word: it also looks at selectors, and
 * at objects that the user may not read.
 */
export function isTargetOf({ kind, group, name }: WorkloadRef, where: Where): boolean {
  switch (where.is) {
    case 'pod':
      if (kind === 'Pod') return name === where.name
      return where.owners.some(
        (owner) => owner.kind === kind && owner.name === name && (group === undefined || group === apiGroupOf(owner)),
      )
    case 'name':
      return kind === 'Pod' ? name === where.name : where.name.startsWith(`${name}-`)
    case 'workload':
      return name === where.name && isTypeOf(where.type, kind)
  }
}

/**
 * Lists those who control a pod.
 * @param read the controllers that the user could read, the nearest first
 */
export function ownersOf(pod: Owned, read: readonly Owned[]): readonly Owner[] {
  const owners = [pod, ...read].flatMap(({ metadata }) => controllerOf(metadata) ?? [])
  const deployment = owners.length === 1 ? deploymentOf(pod, owners[0]) : undefined
  return deployment ? [...owners, deployment] : owners
}

/** Guesses the Deployment from the name of its ReplicaSet, for users who may not read ReplicaSets. */
function deploymentOf({ metadata }: Owned, owner: Owner | undefined): Owner | undefined {
  const end = `-${metadata.labels?.['pod-template-hash'] ?? ''}`
  if (owner?.kind !== 'ReplicaSet' || end === '-' || !owner.name.endsWith(end)) return undefined
  return { apiVersion: owner.apiVersion, kind: 'Deployment', name: owner.name.slice(0, -end.length) }
}
