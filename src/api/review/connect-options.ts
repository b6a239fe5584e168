import { Type, type Static } from 'typebox'

// The `object` of a CONNECT review is a PodExecOptions of core/v1, or one of its kin. It does not hold the pod.
// Source: k8s.io/api/core/v1/types.go.

export const PodExecOptions = Type.Object({
  container: Type.Optional(Type.String()),
  command: Type.Optional(Type.Array(Type.String())),
  stdin: Type.Optional(Type.Boolean()),
  tty: Type.Optional(Type.Boolean()),
})

export const PodAttachOptions = Type.Object({
  container: Type.Optional(Type.String()),
  stdin: Type.Optional(Type.Boolean()),
  tty: Type.Optional(Type.Boolean()),
})

/** The options of a proxy call. `path` comes raw and without the query, so what a query does is invisible. */
export const ProxyOptions = Type.Object({ path: Type.Optional(Type.String()) })

export type PodExecOptions = Static<typeof PodExecOptions>
