import { KubeApiError } from './api-error.ts'
import type { Client } from './client.ts'
import type { ApiCall } from './transport.ts'

/**
 * A client that writes only while `mayWrite` says so; each write asks again. Reads pass; `call` passes only with GET.
 */
export function fencedClient(client: Client, mayWrite: () => boolean): Client {
  async function fenced<T>(write: () => Promise<T>): Promise<T> {
    if (!mayWrite()) throw new KubeApiError('not written: this replica may no longer hold the lease')
    return write()
  }
  return {
    ...client,
    call: (path, how) => (isRead(how) ? client.call(path, how) : fenced(() => client.call(path, how))),
    create: (...args) => fenced(() => client.create(...args)),
    apply: (...args) => fenced(() => client.apply(...args)),
    patch: (...args) => fenced(() => client.patch(...args)),
    patchStatus: (...args) => fenced(() => client.patchStatus(...args)),
    replace: (...args) => fenced(() => client.replace(...args)),
    remove: (...args) => fenced(() => client.remove(...args)),
  }
}

function isRead({ method = 'GET' }: ApiCall = {}): boolean {
  return method === 'GET'
}
