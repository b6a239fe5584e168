import { createClient, type Client } from '../../cluster/client/client.ts'
import type { ClusterChoice } from './flags.ts'

/** The connection to the chosen API server, and the namespace. */
export interface CliSession {
  readonly client: Client
  readonly namespace: string
}

/** Connects as kubectl would, does the work and disconnects. */
export async function inSession<T>(choice: ClusterChoice, work: (session: CliSession) => Promise<T>): Promise<T> {
  const { connect } = await import('../../cluster/kube-config/kube-config.ts')
  const connection = connect(choice.kubeconfig || undefined, choice)
  const client = createClient(connection)
  try {
    return await work({ client, namespace: choice.namespace || connection.namespace || 'default' })
  } finally {
    await client.close()
  }
}
