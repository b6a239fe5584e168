import { randomBytes } from 'node:crypto'
import { createClient, type Client } from '../../src/cluster/client/client.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { readCluster, type Cluster } from '../cluster/cluster.ts'
import { clusterDirVariable } from '../fixtures/cluster-dir-variable.ts'

/** Returns the cluster of this run. */
export function thisCluster(): Cluster {
  const dir = process.env[clusterDirVariable]
  if (dir === undefined) throw new Error(`${clusterDirVariable} is not set: this suite runs under jest only`)
  return readCluster(dir)
}

/** The namespace and the client that a suite has to itself. */
export interface Scene {
  /** The admin's client, straight to the API server. */
  readonly admin: Client
  readonly namespace: string
  close(): Promise<void>
}

/** Makes a namespace for one suite. */
export async function openScene(name: string): Promise<Scene> {
  const admin = createClient(connect(thisCluster().kubeconfig('admin')))
  // A given cluster may still hold the namespaces of an earlier run.
  const namespace = `${name}-${randomBytes(4).toString('hex')}`
  await admin.create(resources.Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  return {
    admin,
    namespace,
    async close() {
      await admin.remove(resources.Namespace, { name: namespace })
      await admin.close()
    },
  }
}
