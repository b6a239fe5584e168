import { Type, type Static } from 'typebox'

/** metav1.OwnerReference, as far as it says who owns. */
export const OwnerReference = Type.Object({
  apiVersion: Type.String(),
  kind: Type.String(),
  name: Type.String(),
  uid: Type.String(),
  controller: Type.Optional(Type.Boolean()),
  blockOwnerDeletion: Type.Optional(Type.Boolean()),
})

export type OwnerReference = Static<typeof OwnerReference>

/** How many controllers are looked at: ReplicaSet, Deployment, and what may own that. */
export const longestChain = 5

/** Who controls an object; there is at most one. */
export function controllerOf(metadata: {
  readonly ownerReferences?: readonly OwnerReference[]
}): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)
}
