import { createClient, type Client } from '../../src/cluster/client/client.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import { openScene, thisCluster, type Scene } from './this-cluster.ts'

/** A scene, and a client whose calls go through a proxy that may fail them. */
export interface ProxiedScene extends Scene {
  readonly proxy: FaultProxy
  /** The admin's client, through the proxy. */
  readonly client: Client
}

export async function openProxiedScene(name: string): Promise<ProxiedScene> {
  const scene = await openScene(name)
  const proxy = await startFaultProxy(thisCluster().kubeconfig('admin'))
  const client = createClient(connect(proxy.kubeconfig))
  return {
    ...scene,
    proxy,
    client,
    async close() {
      await client.close()
      await proxy.close()
      await scene.close()
    },
  }
}
