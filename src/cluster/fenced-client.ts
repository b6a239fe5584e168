import { KubeApiError } from './api-error.ts'
import type { Client } from './client.ts'

/** A client that writes only while it may; each write asks anew. Reads are let through. */
export function fencedClient(client: Client, mayWrite: () => boolean): Client {
  async function fenced<T>(write: () => Promise<T>): Promise<T> {
    if (!mayWrite()) throw new KubeApiError('nothing is written: the lease is not surely ours any more')
    return write()
  }
  return {
    ...client,
    create: (...args) => fenced(() => client.create(...args)),
    apply: (...args) => fenced(() => client.apply(...args)),
    patch: (...args) => fenced(() => client.patch(...args)),
    patchStatus: (...args) => fenced(() => client.patchStatus(...args)),
    replace: (...args) => fenced(() => client.replace(...args)),
    remove: (...args) => fenced(() => client.remove(...args)),
  }
}
