import { Agent, ProxyAgent, type Dispatcher } from 'undici'
import { chooseContext, type ChosenContext } from './chosen-context.ts'
import { requestTimeoutMs, type ConnectionFlags } from './connection-flags.ts'
import { credentialSource } from './credentials.ts'
import { environmentProxy } from './environment-proxy.ts'
import { impersonationHeaders, type Headers } from './impersonation-headers.ts'
import { KubeConfigError } from './kube-config-error.ts'
import { loadKubeConfig } from './load-kube-config.ts'
import { createRecentFiles } from './recent-files.ts'
import { authorityOf, tlsOptions, type TlsOptions } from './tls-options.ts'

/** A way to one API server, with credentials that stay fresh. */
export interface Connection {
  /** The base URL, always with https. */
  readonly server: string
  /** The API server's CA as a kubeconfig holds it: PEM in base64. */
  readonly caData: string | undefined
  /** The name of the context, if one is used. */
  readonly contextName: string | undefined
  /** The namespace that the context names. */
  readonly namespace: string | undefined
  /** The longest time that a call may take, if the flags say so. */
  readonly callTimeoutMs: number | undefined
  /**
   * Resolves to the shared dispatcher and the headers for the next call. `givenUp` fires when the dispatcher is given
   * up.
   */
  authorize(): Promise<Authorized>
  /** Call this after a 401 of the API server: the next call logs in again. */
  forgetLogin(): void
  /** Makes later calls use other connections than this dispatcher's. A call that has begun may go on. */
  giveUp(dispatcher: Dispatcher): void
  close(): Promise<void>
}

interface Authorized {
  readonly dispatcher: Dispatcher
  readonly headers: Headers
  readonly givenUp: AbortSignal
}

// The gate makes about this many calls at once for ten decisions. The API server answers each in milliseconds.
const maxConnections = 32
// Shorter than the 90 s after which the API server's own HTTP server closes an idle connection.
const keepAliveTimeoutMs = 60_000
// Shorter than the idle timeouts of load balancers (60 s on AWS); the same as client-go.
const keepAliveDelayMs = 30_000

/**
 * Finds API server and credentials as kubectl does. The flags count first, then the file given, else KUBECONFIG, else
 * ~/.kube/config, else the pod's service account. The API server sees the same user as with kubectl, or there is an
 * error: test/api-server/kube-config.test.ts and kubectl-flags.test.ts try both.
 *
 * One Agent is shared. It is rebuilt only for a new CA or client certificate.
 * @param file the flag --kubeconfig
 * @throws KubeConfigError if none is usable
 */
export function connect(file?: string, flags: ConnectionFlags = {}): Connection {
  const source = file ?? 'KUBECONFIG, ~/.kube/config or the service account of this pod'
  const chosen = chooseContext(loadKubeConfig(file, process.env), flags, source, process.env)
  const { cluster, user, contextName, namespace } = chosen
  const files = createRecentFiles(() => performance.now())
  const credentials = credentialSource(chosen, files)
  const impersonation = impersonationHeaders(user)
  const proxy = proxyOf(chosen)
  let shared: { readonly key: string; readonly dispatcher: Dispatcher; readonly end: AbortController } | undefined

  return {
    server: cluster.server.replace(/\/+$/, ''),
    caData: authorityOf(cluster, files)?.toString('base64'),
    contextName,
    namespace,
    callTimeoutMs: requestTimeoutMs(flags),
    async authorize() {
      const { authorization, certificate } = await credentials.current()
      const tls = { ...tlsOptions(cluster, user, files), ...certificate }
      const key = [tls.ca, tls.cert, tls.key].map((pem) => pem?.toString() ?? '').join('\n')
      if (shared?.key !== key) {
        void shared?.dispatcher.close()
        shared = { key, dispatcher: dispatcherFor(proxy, tls), end: new AbortController() }
      }
      const headers = { ...impersonation, ...(authorization !== undefined && { Authorization: authorization }) }
      return { dispatcher: shared.dispatcher, headers, givenUp: shared.end.signal }
    },
    forgetLogin() {
      credentials.forget()
    },
    giveUp(dispatcher) {
      if (shared?.dispatcher !== dispatcher) return
      void dispatcher.close()
      shared.end.abort(new Error('its connection was given up'))
      shared = undefined
    },
    async close() {
      await shared?.dispatcher.close()
    },
  }
}

function proxyOf({ cluster }: ChosenContext): string | undefined {
  const named = cluster['proxy-url'] || undefined
  const proxy = named ?? environmentProxy(new URL(cluster.server), process.env)
  if (proxy === undefined || /^https?:\/\//i.test(proxy)) return proxy
  const where = named === undefined ? 'HTTPS_PROXY' : 'proxy-url'
  throw new KubeConfigError(`${where} ${proxy} cannot be used: only http and https proxies are supported.`)
}

function dispatcherFor(proxy: string | undefined, tls: TlsOptions): Dispatcher {
  // No HTTP/2, which undici 8 would use where it can. Under load, Node 24.21 came into an endless loop in
  // Http2Session::CopyDataIntoOutgoing. It answered no one any more and took 20 GB within a minute.
  // With bodyTimeout 0, a watch may be silent for as long as nothing happens.
  const pool = { connections: maxConnections, keepAliveTimeout: keepAliveTimeoutMs, bodyTimeout: 0, allowH2: false }
  if (proxy !== undefined) return new ProxyAgent({ ...pool, uri: proxy, requestTls: tls, proxyTls: { allowH2: false } })
  return new Agent({ ...pool, connect: { ...tls, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs } })
}
