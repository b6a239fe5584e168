import type { UsedWorkload } from '../../api/kinds/access-request-status.ts'
import { controllerOf, longestChain, type OwnerReference } from '../../api/owner-reference.ts'
import { selects } from './label-selector.ts'

/** An object that may be owned. */
export interface Owned {
  readonly metadata: {
    readonly name?: string
    readonly uid?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly OwnerReference[]
  }
}

/** An object that may control others. */
export interface Owner extends Owned {
  readonly spec?: { readonly selector?: unknown }
}

/** Finds the controllers of a pod. */
export interface Controllers {
  /** Returns the object that a reference names; undefined where there is none. */
  readonly find: (owner: OwnerReference) => Owner | undefined
  /** True if objects of the kind that a reference names can be found at all. */
  readonly follows: (owner: OwnerReference) => boolean
}

/**
 * True if a pod is the workload with this uid, or one of its pods. The chain of its controllers must lead to the
 * workload, and each selector on the way must select the pod. Neither is proof without the other: a user who may write
 * a pod can give it any label and any owner. With both it is a pod of the workload, and its controllers count it, too.
 * @param find Returns the object that a reference names. Undefined if it does not exist.
 */
export function isPodOf(pod: Owned, uid: string, find: (owner: OwnerReference) => Owner | undefined): boolean {
  if (pod.metadata.uid === uid) return true
  const { labels = {} } = pod.metadata
  let owner = controllerOf(pod.metadata)
  for (let steps = 0; owner && steps < longestChain; steps += 1) {
    const found = find(owner)
    if (found?.metadata.uid !== owner.uid || !selects(found.spec?.selector, labels)) return false
    if (owner.uid === uid) return true
    owner = controllerOf(found.metadata)
  }
  return false
}

/**
 * True if the controllers of a pod say for certain that it belongs to another workload. Then each of them is there, and the last one
 * has no controller that could be found. A pod without a controller may still be adopted. Where a controller is missing, the chain may
 * just be changing.
 */
function isPodOfAnother(pod: Owned, workload: UsedWorkload, controllers: Controllers): boolean {
  // By name: a pod that was just made anew has another uid, and is the one all the same.
  if (workload.kind === 'Pod') return pod.metadata.name !== workload.name
  const owner = controllerOf(pod.metadata)
  return owner !== undefined && leadsElsewhere([owner], { pod, uid: workload.uid }, controllers)
}

/** True if a chain of controllers ends, and the workload is not in it. @param chain the controllers so far */
function leadsElsewhere(
  chain: readonly [OwnerReference, ...OwnerReference[]],
  of: { readonly pod: Owned; readonly uid: string },
  { find, follows }: Controllers,
): boolean {
  const [owner] = chain
  if (!follows(owner)) return true
  if (owner.uid === of.uid || chain.length > longestChain) return false
  const found = find(owner)
  if (found?.metadata.uid !== owner.uid || !selects(found.spec?.selector, of.pod.metadata.labels ?? {})) return false
  const next = controllerOf(found.metadata)
  return next === undefined || leadsElsewhere([next, ...chain], of, { find, follows })
}

/** A pod's relation to a workload. Neither is true where nobody can tell yet. */
export interface Membership {
  readonly isOfWorkload: boolean
  readonly isOfAnother: boolean
}

export function membershipOf(pod: Owned, workload: UsedWorkload, controllers: Controllers): Membership {
  const isOfWorkload = isPodOf(pod, workload.uid, controllers.find)
  return { isOfWorkload, isOfAnother: !isOfWorkload && isPodOfAnother(pod, workload, controllers) }
}
