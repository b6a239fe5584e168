import { controllerOf, longestChain, type OwnerReference } from '../../api/owner-reference.ts'
import { selects } from './label-selector.ts'

/** Something that may be owned. */
export interface Owned {
  readonly metadata: {
    readonly uid?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly OwnerReference[]
  }
}

/** Something that may control others. */
export interface Owner extends Owned {
  readonly spec?: { readonly selector?: unknown }
}

/**
 * Whether a pod is the workload with this uid, or one of its pods: the chain of its controllers leads to the workload, and
 * each selector on the way selects the pod. Neither is proof without the other. Who may write a pod gives it any label and
 * any owner. With both it is a pod of the workload, and its controllers count it, too.
 * @param find the object that a reference names, undefined where there is none
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
