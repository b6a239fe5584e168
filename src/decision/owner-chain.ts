import type { OwnerReference } from '../api/owner-reference.ts'

/** Something that may be owned. */
export interface Owned {
  readonly metadata: { readonly uid?: string; readonly ownerReferences?: readonly OwnerReference[] }
}

// Pod, ReplicaSet, Deployment, and what may own that.
const longestChain = 5

/** Who controls an object; there is at most one. */
export function controllerOf(metadata: Owned['metadata']): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)
}

/**
 * Whether the chain of controllers that begins at an object leads to the one with this uid. Labels would not do: whoever
 * may create a pod may give it any, and so become a target for others.
 * @param find the object that a reference names, undefined where there is none
 */
export function isControlledBy(
  object: Owned,
  uid: string,
  find: (owner: OwnerReference) => Owned | undefined,
): boolean {
  let next: Owned | undefined = object
  for (let steps = 0; next && steps < longestChain; steps += 1) {
    const owner: OwnerReference | undefined = controllerOf(next.metadata)
    if (!owner) return false
    if (owner.uid === uid) return true
    const found = find(owner)
    next = found?.metadata.uid === owner.uid ? found : undefined
  }
  return false
}
