import { KubeConfig } from '@kubernetes/client-node'
import { readFileSync } from 'node:fs'
import { Agent, ProxyAgent, type Dispatcher } from 'undici'
import { KubeConfigError } from './kube-config-error.ts'

/** A way to one API server, with credentials that stay fresh. */
export interface Connection {
  /** Base URL, https always. */
  readonly server: string
  /** The API server's CA as a kubeconfig holds it: PEM in base64. */
  readonly caData: string | undefined
  /** The namespace that the context names. */
  readonly namespace: string | undefined
  /** The shared dispatcher and the headers for the next call; `givenUp` fires when the dispatcher is. */
  authorize(): Promise<Authorized>
  /** Calls that begin from now on take other connections than this dispatcher's. One that is under way goes on, if it likes. */
  giveUp(dispatcher: Dispatcher): void
  close(): Promise<void>
}

interface Authorized {
  readonly dispatcher: Dispatcher
  readonly headers: Readonly<Record<string, string>>
  readonly givenUp: AbortSignal
}

// As many calls at once as the gate makes for some ten decisions; the API server answers each in milliseconds.
const maxConnections = 32
// Under the 90 s after which the API server's own HTTP server closes an idle connection.
const keepAliveTimeoutMs = 60_000
// Below the idle timeouts of load balancers (60 s on AWS); the same as client-go.
const keepAliveDelayMs = 30_000

/**
 * Loads credentials the way kubectl does: the file given, else KUBECONFIG, else the pod's service account.
 *
 * client-node is used for this alone. Its own calls open a TLS connection each (kubernetes-client/javascript#2893);
 * here one Agent is shared and only rebuilt when the CA or the client certificate changes.
 * @param context of the kubeconfig; its current one where left out
 * @throws KubeConfigError where nothing usable is found
 */
export function connect(file?: string, context?: string): Connection {
  const config = load(file)
  const named = context ?? config.getCurrentContext()
  if (named) useContext(config, named)
  const cluster = config.getCurrentCluster()
  // loadFromDefault() answers http://localhost:8080 when it finds nothing at all.
  if (!cluster?.server.startsWith('https://')) {
    throw new KubeConfigError(
      `No API server with https found in ${file ?? 'KUBECONFIG, ~/.kube/config or the service account of this pod'}. ` +
        'Name a kubeconfig with --kubeconfig.',
    )
  }
  let shared: { readonly key: string; readonly dispatcher: Dispatcher; readonly end: AbortController } | undefined

  return {
    server: cluster.server.replace(/\/+$/, ''),
    caData: cluster.caData ?? (cluster.caFile && readCa(cluster.caFile)),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    async authorize() {
      const options: HttpsOptions = { headers: {} }
      await logIn(config, options)
      const { headers = {}, auth, ...rest } = options
      if (auth) headers['Authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`
      const tls = tlsOf(rest)
      const identity = [tls.ca, tls.cert, tls.key].map((pem) => pem?.toString() ?? '').join('\n')
      if (shared?.key !== identity) {
        void shared?.dispatcher.close()
        shared = { key: identity, dispatcher: dispatcherFor(config, tls), end: new AbortController() }
      }
      return { dispatcher: shared.dispatcher, headers, givenUp: shared.end.signal }
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

function load(file: string | undefined): KubeConfig {
  const config = new KubeConfig()
  try {
    if (file !== undefined) config.loadFromFile(file)
    else config.loadFromDefault()
  } catch (error) {
    const read = file ?? (process.env['KUBECONFIG'] || '~/.kube/config')
    throw new KubeConfigError(`The kubeconfig ${read} cannot be read: ${firstLineOf(error)}`)
  }
  return config
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'base64')
  } catch (error) {
    throw new KubeConfigError(`The certificate-authority of the kubeconfig cannot be read: ${firstLineOf(error)}`)
  }
}

/** Credentials may be a file, or whatever a program prints. */
async function logIn(config: KubeConfig, options: HttpsOptions): Promise<void> {
  try {
    await config.applyToHTTPSOptions(options)
  } catch (error) {
    throw new KubeConfigError(`The login of the kubeconfig's user failed: ${firstLineOf(error)}`)
  }
}

/** A parser of YAML goes on to draw the place. */
function firstLineOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1).join()
}

function useContext(config: KubeConfig, context: string): void {
  if (!config.getContextObject(context)) {
    const known = config.getContexts().map(({ name }) => name)
    throw new KubeConfigError(`There is no context ${context} in the kubeconfig; it has ${known.join(', ') || 'none'}.`)
  }
  config.setCurrentContext(context)
}

interface TlsOptions {
  ca?: string | Buffer
  cert?: string | Buffer
  key?: string | Buffer
  rejectUnauthorized?: boolean
  servername?: string
}
interface HttpsOptions extends TlsOptions {
  headers?: Record<string, string>
  auth?: string
}

/** The TLS part of the options, without the fields that are absent: undici does not take `undefined`. */
function tlsOf({ ca, cert, key, servername, rejectUnauthorized }: TlsOptions): TlsOptions {
  return {
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(servername && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  }
}

function dispatcherFor(config: KubeConfig, tls: TlsOptions): Dispatcher {
  const options = config.createDispatcherOptions(config.getCurrentCluster(), tls)
  // No HTTP/2, which undici 8 takes where it can: under load Node 24.21 came into an endless loop in
  // Http2Session::CopyDataIntoOutgoing, which answered nobody any more and took 20 GB within a minute.
  // bodyTimeout 0: a watch is silent for as long as nothing happens.
  const pool = { connections: maxConnections, keepAliveTimeout: keepAliveTimeoutMs, bodyTimeout: 0, allowH2: false }
  switch (options.type) {
    case 'proxy':
      return new ProxyAgent({ ...pool, uri: options.uri, requestTls: tls })
    case 'socks':
      throw new KubeConfigError(`proxy-url ${options.uri} is a SOCKS proxy; only http and https proxies are supported.`)
    case 'agent':
      return new Agent({ ...pool, connect: { ...tls, keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs } })
    case 'none':
      return new Agent(pool)
  }
}
