import type { Client } from '../../cluster/client/client.ts'
import { listSubresources } from '../../cluster/client/discovery.ts'
import type { Instant } from '../../cluster/clock/clock.ts'
import { resources } from '../../cluster/client/resources.ts'
import { unknownWaysIn } from '../../decision/gate/connectable.ts'
import { nodesProxyHolders, type Holders } from '../../decision/gate/nodes-proxy-holders.ts'
import type { NodesProxy, ToldFinding, WaysIn } from './told-findings.ts'

/** The looks at the ways past the gate. */
export interface WaysPast {
  readonly looks: readonly OneLook[]
  /** Returns who holds nodes/proxy. Undefined until the first look. */
  readonly holders: () => Holders | undefined
}

interface OneLook {
  readonly key: string
  /** Resolves to Infinity, which means the next interval. Rejects with KubeApiError. */
  readonly look: () => Promise<Instant>
}

interface WaysPastOptions {
  readonly client: Client
  readonly tell: (key: string, finding: ToldFinding | undefined) => void
}

export function createWaysPast({ client, tell }: WaysPastOptions, signal: AbortSignal): WaysPast {
  let holders: Holders | undefined
  const thing = (key: string, look: () => Promise<ToldFinding | undefined>): OneLook => ({
    key,
    look: async () => {
      tell(key, await look())
      return Infinity
    },
  })
  const lookAtHolders = async (): Promise<NodesProxy> => {
    holders = await lookForHolders(client, signal)
    return { code: 'E_NODES_PROXY', holders: holders.others, ofTheCluster: holders.ofTheCluster }
  }
  return {
    looks: [thing('ways in', () => lookForWaysIn(client, signal)), thing('nodes/proxy', lookAtHolders)],
    holders: () => holders,
  }
}

/** Looks for subresources that the API server connects and the gate does not know. */
async function lookForWaysIn(client: Client, signal: AbortSignal): Promise<WaysIn | undefined> {
  const subresources = unknownWaysIn(await listSubresources(client, signal))
  return subresources.length > 0 ? { code: 'E_UNKNOWN_WAY_IN', subresources } : undefined
}

/** Looks for those who hold nodes/proxy, and so can go past the gate. */
async function lookForHolders(client: Client, signal: AbortSignal): Promise<Holders> {
  const [roles, bindings] = await Promise.all([
    client.list(resources.ClusterRole, {}, signal),
    client.list(resources.ClusterRoleBinding, {}, signal),
  ])
  return nodesProxyHolders(roles.items, bindings.items)
}
