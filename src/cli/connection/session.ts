import { interpretChecks } from '../../api/schema/schema-check.ts'
import { createClient, type Client } from '../../cluster/client/client.ts'
import { flagsToShow, type ClusterChoice } from './flags.ts'

/** The connection to the chosen API server, and the namespace. */
export interface CliSession {
  readonly client: Client
  readonly namespace: string
  /** The flags to add to a command that is printed for this user. */
  readonly flags: string
}

/**
 * Connects as kubectl would, does the work and disconnects.
 * @throws Refusal also if the cluster has no Sallyport that this program knows
 */
export async function inSession<T>(choice: ClusterChoice, work: (session: CliSession) => Promise<T>): Promise<T> {
  interpretChecks()
  const { connect } = await import('../../cluster/kube-config/kube-config.ts')
  const connection = connect(choice.kubeconfig || undefined, choice)
  const client = createClient(connection)
  try {
    return await work({
      client,
      namespace: choice.namespace || connection.namespace || 'default',
      flags: flagsToShow(choice),
    })
  } catch (error) {
    const { explained } = await import('./installed.ts')
    const { contextName, server } = connection
    throw await explained(error, client, contextName === undefined ? server : `context ${contextName}`)
  } finally {
    await client.close()
  }
}
