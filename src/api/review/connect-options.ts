import { Type, type Static } from 'typebox'

// `object` of a CONNECT review: core/v1 PodExecOptions and its kin. There is no pod in it.
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

/** `path` comes raw, without the query: what a query makes of it is invisible. */
export const ProxyOptions = Type.Object({ path: Type.Optional(Type.String()) })

export type PodExecOptions = Static<typeof PodExecOptions>
