import { Type, type Static } from 'typebox'
import { OwnerReference } from '../owner-reference.ts'

/**
 * The metadata of a namespaced object as the API server serves it. The uid is required, because two objects are the
 * same only if their uids are equal. Two objects without a uid must never look the same.
 */
export const Metadata = Type.Object({
  name: Type.String(),
  namespace: Type.String(),
  uid: Type.String({ minLength: 1 }),
  resourceVersion: Type.String(),
  generation: Type.Integer(),
  creationTimestamp: Type.String(),
  deletionTimestamp: Type.Optional(Type.String()),
  labels: Type.Optional(Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object' })),
  annotations: Type.Optional(Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object' })),
  finalizers: Type.Optional(Type.Array(Type.String())),
  ownerReferences: Type.Optional(Type.Array(OwnerReference)),
})

/** The metadata of a cluster-wide object. */
export const ClusterMetadata = Type.Omit(Metadata, ['namespace'])

export type Metadata = Static<typeof Metadata>

/** An object as it is written. The API server adds the rest. A uid or resourceVersion in it is a precondition. */
export type Draft<K extends { metadata: Metadata }> = Omit<K, 'metadata' | 'status'> & {
  readonly metadata: Pick<Metadata, 'name' | 'namespace' | 'labels' | 'annotations' | 'finalizers'> &
    Partial<Pick<Metadata, 'uid' | 'resourceVersion'>>
}
