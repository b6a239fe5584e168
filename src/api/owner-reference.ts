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
