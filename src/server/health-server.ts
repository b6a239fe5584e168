import { fastify } from 'fastify'
import { boundPort } from './bound-port.ts'

export interface HealthServerOptions {
  readonly host: string
  readonly port: number
  /** Resolves to the reason why this replica should get no traffic; to undefined if it should get traffic. */
  readonly notReady: () => Promise<string | undefined>
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

/**
 * Serves liveness and readiness on a separate port, in plain HTTP for the kubelet, and metrics for Prometheus. Liveness
 * depends only on this process: restarting the gate does not mend an API server.
 */
export async function startHealthServer({ host, port, notReady, metrics }: HealthServerOptions): Promise<HealthServer> {
  const app = fastify({ logger: false, forceCloseConnections: true })
  // Anybody who reaches the port may ask as often as they like, and each look calls the API server. So concurrent
  // questions share one look.
  let look: Promise<string | undefined> | undefined
  app.get('/livez', () => 'ok')
  app.get('/readyz', async (_request, reply) => {
    look ??= notReady().finally(() => {
      look = undefined
    })
    const reason = await look
    return reason === undefined ? 'ok' : reply.code(503).send(`not ready: ${reason}`)
  })
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics()
    return reply.type(contentType).send(text)
  })
  await app.listen({ host, port })
  return { port: boundPort(app.server), close: () => app.close() }
}

export interface HealthServer {
  readonly port: number
  close(): Promise<void>
}
