import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { boundPort } from '../../src/server/bound-port.ts'
import { listenHost } from '../fixtures/this-machine.ts'

/** Stands between the API server and a webhook, TLS untouched, so that a call can be made to find no open connection. */
export interface CuttingProxy {
  readonly port: number
  /** Connections taken so far. */
  readonly taken: number
  /** Closes every connection there is. */
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
