import { controllerOf, longestChain, type OwnerReference } from '../../api/owner-reference.ts'
import { selects } from './label-selector.ts'

/** An object that may be owned. */
export interface Owned {
  readonly metadata: {
    readonly uid?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly OwnerReference[]
  }
}

/** An object that may control others. */
export interface Owner extends Owned {
  readonly spec?: { readonly selector?: unknown }
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
