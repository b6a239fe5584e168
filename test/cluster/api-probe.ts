import { Agent, request } from 'undici'
import type { Credentials, Endpoint } from './kubeconfig.ts'

/** Asks the API server as the cluster's admin. Starting kubectl for every look would take most of a core. */
export interface ApiProbe {
  readonly isReady: () => Promise<boolean>
  /** Returns the object, or undefined while there is none. */
  readonly get: (path: string) => Promise<unknown>
  readonly close: () => Promise<void>
}

// A probe that hangs while the server starts must not use up the deadline of the whole wait.
const probeTimeoutMs = 2_000
const ok = 200

/** Opens connections of its own. Close them, or this process does not end. */
export function openApiProbe({ server, caPem }: Endpoint, { certificatePem, keyPem }: Credentials): ApiProbe {
  const dispatcher = new Agent({
    connect: { ca: caPem, cert: certificatePem, key: keyPem },
    headersTimeout: probeTimeoutMs,
    bodyTimeout: probeTimeoutMs,
  })
  const ask = async (path: string): Promise<string | undefined> => {
    try {
      const response = await request(server + path, { dispatcher })
      const text = await response.body.text()
      return response.statusCode === ok ? text : undefined
    } catch {
      return undefined // not listening yet
    }
  }
  return {
    isReady: async () => (await ask('/readyz')) === 'ok',
    get: async (path) => {
      const text = await ask(path)
      return text === undefined ? undefined : (JSON.parse(text) as unknown)
    },
    close: () => dispatcher.close(),
  }
}
