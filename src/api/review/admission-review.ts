import { Type, type Static } from 'typebox'
import { words } from '../schema/schema.ts'

const GroupVersionKind = Type.Object({ group: Type.String(), version: Type.String(), kind: Type.String() })
const GroupVersionResource = Type.Object({ group: Type.String(), version: Type.String(), resource: Type.String() })

export const UserInfo = Type.Object({
  username: Type.String({ minLength: 1 }),
  uid: Type.Optional(Type.String()),
  groups: Type.Optional(Type.Array(Type.String())),
  extra: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
})

/**
 * The `request` of an admission.k8s.io/v1 AdmissionReview, as far as Sallyport reads it. Unknown fields pass, because a
 * newer API server may send more. Source: apiserver pkg/admission/plugin/webhook/request/admissionreview.go.
 */
export const Review = Type.Object({
  uid: Type.String({ minLength: 1, maxLength: 256 }),
  kind: GroupVersionKind,
  resource: GroupVersionResource,
  subResource: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  namespace: Type.Optional(Type.String()),
  operation: words(['CREATE', 'UPDATE', 'DELETE', 'CONNECT']),
  userInfo: UserInfo,
  object: Type.Optional(Type.Unknown()),
  oldObject: Type.Optional(Type.Unknown()),
  dryRun: Type.Optional(Type.Boolean()),
})

export const AdmissionReview = Type.Object({
  apiVersion: Type.Literal('admission.k8s.io/v1'),
  kind: Type.Literal('AdmissionReview'),
  request: Review,
})

export type UserInfo = Static<typeof UserInfo>
export type Review = Static<typeof Review>
