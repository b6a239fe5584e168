import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { boundPort } from '../../src/server/bound-port.ts'
import { listenHost } from '../fixtures/this-machine.ts'

/**
 * Stands between the API server and a webhook, and leaves TLS untouched. It can cut connections, so that a call finds
 * none open.
 */
export interface CuttingProxy {
  readonly port: number
  /** The number of connections taken so far. */
  readonly taken: number
  /** Closes every open connection. */
  cut(): void
}

export async function startCuttingProxy(target: number, cleanup: AsyncDisposableStack): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  let taken = 0
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer({ noDelay: true }, (inbound) => {
    taken++
    const outbound = connect({ port: target, host: listenHost(), noDelay: true })
    for (const [socket, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  server.listen(0, listenHost())
  await once(server, 'listening')
  cleanup.defer(() => {
    server.close()
    cut()
  })
  return {
    port: boundPort(server),
    get taken() {
      return taken
    },
    cut,
  }
}
