import { fastify } from 'fastify'
import { boundPort } from './bound-port.ts'

export interface HealthServerOptions {
  readonly host: string
  readonly port: number
  /** Why this replica should get no traffic; undefined when it should. */
  readonly notReady: () => Promise<string | undefined>
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>
}

/**
 * Liveness and readiness on a port of their own, in plain HTTP for the kubelet, and metrics for Prometheus. Liveness depends on this process alone:
 * restarting the gate does not mend an API server.
 */
export async function startHealthServer({ host, port, notReady, metrics }: HealthServerOptions): Promise<HealthServer> {
  const app = fastify({ logger: false, forceCloseConnections: true })
  // Whoever reaches the port may ask as often as they like, and each look is a call to the API server.
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
