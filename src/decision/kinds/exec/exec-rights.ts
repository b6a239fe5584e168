import type { ExecTemplate } from '../../../api/kinds/access/exec-template.ts'
import type { PodSubresource } from '../../../api/kinds/access/exec-access.ts'

/** A right of RBAC on a subresource of a pod. */
export interface PodRight {
  readonly subresource: PodSubresource | 'exec' | 'ephemeralcontainers' | 'eviction'
  readonly verbs: readonly ('get' | 'create' | 'patch')[]
}

// `get` is for WebSocket. `create` is for SPDY, and for a separate check that the API server makes since 1.35.
const connect = ['get', 'create'] as const

/** The rights that an access to a pod needs. kubectl debug adds a container by `patch`, and then attaches to it. */
export function execRights({
  commands,
  subresources = [],
  debug,
}: {
  /** Empty: no exec. */
  readonly commands?: readonly unknown[] | undefined
  readonly subresources?: readonly PodSubresource[] | undefined
  readonly debug?: ExecTemplate['debug']
}): readonly PodRight[] {
  return [
    ...(commands?.length === 0 ? [] : [exec]),
    ...subresources.map((subresource): PodRight => ({
      subresource,
      verbs: subresource === 'log' ? ['get'] : connect,
    })),
    ...(debug ? [addContainer] : []),
    ...(debug && !subresources.includes('attach') ? [attach] : []),
  ]
}

const exec: PodRight = { subresource: 'exec', verbs: connect }
const addContainer: PodRight = { subresource: 'ephemeralcontainers', verbs: ['patch'] }
const attach: PodRight = { subresource: 'attach', verbs: connect }

/** The right for what Sallyport does in the author's name when an access ends. */
export const evictionRight: PodRight = { subresource: 'eviction', verbs: ['create'] }
