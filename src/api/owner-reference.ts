import { Type, type Static } from 'typebox'

/** A metav1.OwnerReference, as far as Sallyport reads it. */
export const OwnerReference = Type.Object({
  apiVersion: Type.String(),
  kind: Type.String(),
  name: Type.String(),
  uid: Type.String(),
  controller: Type.Optional(Type.Boolean()),
  blockOwnerDeletion: Type.Optional(Type.Boolean()),
})

export type OwnerReference = Static<typeof OwnerReference>

/**
 * The largest number of controllers that are looked at, such as a ReplicaSet, its Deployment, and the owners of that.
 */
export const longestChain = 5

/** Returns the owner that controls an object. There is at most one. */
export function controllerOf(metadata: {
  readonly ownerReferences?: readonly OwnerReference[]
}): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)
}
