import type { Server } from 'node:net'

/** Returns the port that a listening server was given. */
export function boundPort(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen on a port')
  return address.port
}
