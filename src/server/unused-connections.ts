import type { Server } from 'node:https'
import type { Duplex } from 'node:stream'

/**
 * Tracks the connections that have carried no request yet. For Node they are neither idle nor active, and closing a
 * server waits for them. Go's transport dials one more when all are busy, and may then not need it.
 */
export function trackUnused(server: Server): { destroyAll(): void } {
  const unused = new Set<Duplex>()
  server.on('secureConnection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }) => unused.delete(socket))
  return {
    destroyAll() {
      for (const socket of unused) socket.destroy()
    },
  }
}
