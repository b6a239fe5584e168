import type { Client } from '../../cluster/client/client.ts'
import { listSubresources } from '../../cluster/client/discovery.ts'
import { resources } from '../../cluster/client/resources.ts'
import { unknownWaysIn } from '../../decision/gate/connectable.ts'
import { nodesProxyHolders, type Holders } from '../../decision/gate/nodes-proxy-holders.ts'
import type { NodesProxy, WaysIn } from './told-findings.ts'

/** Looks for subresources that the API server connects and the gate does not know. */
export async function lookForWaysIn(client: Client, signal: AbortSignal): Promise<WaysIn | undefined> {
  const subresources = unknownWaysIn(await listSubresources(client, signal))
  return subresources.length > 0 ? { code: 'E_UNKNOWN_WAY_IN', subresources } : undefined
}

/** Looks for those who hold nodes/proxy, and so can go past the gate. */
export async function lookForHolders(client: Client, signal: AbortSignal): Promise<Holders> {
  const [roles, bindings] = await Promise.all([
    client.list(resources.ClusterRole, {}, signal),
    client.list(resources.ClusterRoleBinding, {}, signal),
  ])
  return nodesProxyHolders(roles.items, bindings.items)
}

export function toldOfHolders({ others, ofTheCluster }: Holders): NodesProxy {
  return { code: 'E_NODES_PROXY', holders: others, ofTheCluster }
}
