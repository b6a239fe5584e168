import { request } from 'undici'
import { connect } from '../../src/cluster/kube-config.ts'
import type { Cluster, ClusterUser } from '../cluster/cluster.ts'
import { pod } from './places.ts'

/** Execs without a session: admission decides as always, then the API server asks in vain for an upgrade. */
export interface ExecCaller {
  call(namespace: string, command: readonly string[]): Promise<ExecCall>
  close(): Promise<void>
}

interface ExecCall {
  /** As the client sees it. */
  readonly ms: number
  readonly letIn: boolean
  readonly text: string
}

// What the API server answers a plain GET with once everything has let it in.
const upgradeRequired = 400
const forbidden = 403

/** One kept connection as long as calls come one after the other. */
export function execCaller(cluster: Cluster, user: ClusterUser): ExecCaller {
  const connection = connect(cluster.kubeconfig(user))
  return {
    async call(namespace, command) {
      const query = command.map((word) => `command=${encodeURIComponent(word)}`).join('&')
      const url = `${connection.server}/api/v1/namespaces/${namespace}/pods/${pod}/exec?container=app&stdout=true&${query}`
      const { dispatcher, headers } = await connection.authorize()
      const begun = performance.now()
      const { statusCode, body } = await request(url, { dispatcher, headers })
      const text = await body.text()
      const ms = performance.now() - begun
      if (statusCode !== upgradeRequired && statusCode !== forbidden) throw new Error(`exec: ${statusCode} ${text}`)
      return { ms, letIn: statusCode === upgradeRequired, text }
    },
    close: () => connection.close(),
  }
}
