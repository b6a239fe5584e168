import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { request, type Dispatcher } from 'undici'
import { connect, type Connection } from '../../src/cluster/kube-config/kube-config.ts'
import { issueCertificate, newAuthority } from '../cluster/certificate.ts'
import { newKeyPair } from '../cluster/key-pair.ts'
import { writeKubeconfig } from '../cluster/kubeconfig.ts'
import type { Fault, ProxiedRequest } from './fault.ts'

/** Stands between a client and the API server and does what networks and servers do. */
export interface FaultProxy {
  /** A kubeconfig that leads to the proxy. The API server sees the user for whom the proxy was started. */
  readonly kubeconfig: string
  /** All requests so far, including those with a fault. */
  readonly requests: readonly ProxiedRequest[]
  /** Sets the rule that is called for each request from now on. If it returns undefined, the request passes. */
  onRequest(rule: (request: ProxiedRequest) => Fault | undefined): void
  /** Goes back to the state at its start: no rule, no requests seen. A new proxy would cost two seconds of RSA. */
  startAfresh(): void
  /** Resets every open connection. */
  cut(): void
  /** Keeps every open connection, but lets nothing through any more, like a firewall that forgot the connection. */
  freeze(): void
  /** Refuses new connections, and resets the open ones. */
  refuse(): Promise<void>
  /** Takes connections again, on the same port. */
  accept(): Promise<void>
  /** Returns how many connections clients hold. */
  connections(): number
  close(): Promise<void>
}

/** Starts a proxy to the API server of a kubeconfig, with a certificate of its own. */
export async function startFaultProxy(kubeconfig: string): Promise<FaultProxy> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-faults-'))
  const keys = await newKeyPair()
  const authority = newAuthority('fault-proxy-ca', keys)
  const subject = { commonName: 'fault-proxy' }
  const certificatePem = issueCertificate(authority, keys, { subject, ipAddresses: ['127.0.0.1'] })
  const upstream = connect(kubeconfig)
  const sockets = new Map<Socket, TLSSocket | undefined>()
  const frozen = new WeakSet<Socket>()
  const requests: ProxiedRequest[] = []
  let rule: (request: ProxiedRequest) => Fault | undefined = () => undefined

  const server = createServer({ key: keys.pem, cert: certificatePem }, (incoming, response) => {
    const tcp = below(incoming)
    if (tcp === undefined) return
    const isFrozen = () => frozen.has(tcp)
    const reset = () => {
      resetUnlessEnded(tcp, incoming.socket)
    }
    const gone = new AbortController()
    // Listens from the beginning: if a client is killed while its body is read, this is the only sign of it.
    response.on('close', () => {
      gone.abort()
    })
    const serve = async () => {
      const body = await buffer(incoming)
      const seen = readRequest(incoming, body)
      requests.push(seen)
      await pass({ upstream, incoming, body, response, gone: gone.signal, isFrozen, reset }, rule(seen))
    }
    void serve().catch(reset)
  })
  server.on('connection', (socket: Socket) => {
    sockets.set(socket, undefined)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  server.on('secureConnection', (tls) => {
    tls.on('error', () => undefined)
    const tcp = [...sockets.keys()].find((socket) => socket.remotePort === tls.remotePort)
    if (tcp) sockets.set(tcp, tls)
  })
  // This is the TCP socket below TLS, because only TCP has resets.
  const below = (incoming: IncomingMessage) => [...sockets].find(([, tls]) => tls === incoming.socket)?.[0]
  const port = await listen(server, 0)

  const cut = () => {
    for (const [socket, tls] of sockets) resetUnlessEnded(socket, tls)
  }
  const refuse = async () => {
    const closed = once(server, 'close')
    server.close()
    cut()
    await closed
  }
  return {
    kubeconfig: writeKubeconfig(
      dir,
      'fault-proxy',
      { server: `https://127.0.0.1:${port}`, caPem: authority.pem },
      { certificatePem, keyPem: keys.pem },
    ),
    requests,
    onRequest: (given) => {
      rule = given
    },
    startAfresh() {
      rule = () => undefined
      requests.length = 0
    },
    cut,
    freeze: () => {
      for (const socket of sockets.keys()) frozen.add(socket)
    },
    refuse,
    accept: async () => {
      await listen(server, port)
    },
    connections: () => sockets.size,
    async close() {
      if (server.listening) await refuse()
      await upstream.close()
      rmSync(dir, { recursive: true })
    },
  }
}

/**
 * Resets a connection, unless it is already being shut down, for example because its client was killed during the
 * handshake. Then libuv resets nothing, and Node still takes the handle for closed. No `close` ever comes, and the
 * process spins for ever when it should exit.
 */
function resetUnlessEnded(tcp: Socket, tls: Socket | undefined): void {
  if (!tls || tls.writableEnded || tls.destroyed || tcp.writableEnded) tcp.destroy()
  else tcp.resetAndDestroy()
}

interface Passage {
  readonly upstream: Connection
  readonly incoming: IncomingMessage
  readonly body: Buffer
  readonly response: ServerResponse
  /** Aborts when the client is gone, or has its answer. */
  readonly gone: AbortSignal
  readonly isFrozen: () => boolean
  readonly reset: () => void
}

async function pass(passage: Passage, fault: Fault | undefined): Promise<void> {
  if (passage.isFrozen()) return
  switch (fault?.kind) {
    case undefined:
      return copy(await ask(passage), passage)
    case 'silence':
      return
    case 'answer':
      passage.response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers }).end(fault.body)
      return
    case 'lose-answer':
      await (await ask(passage)).body.dump()
      passage.reset()
      return
    case 'hold-answer': {
      const answer = await ask(passage)
      await fault.until()
      return copy(answer, passage)
    }
    case 'truncate':
      return copy(await ask(passage), passage, { bytes: fault.afterBytes, end: () => passage.response.end() })
    case 'reset':
      return resetAfter(fault.afterBytes, passage)
  }
}

async function resetAfter(bytes: number, passage: Passage): Promise<void> {
  const { reset } = passage
  if (bytes === 0) reset()
  // The bytes that were let through must arrive before the reset overtakes them.
  else await copy(await ask(passage), passage, { bytes, end: () => setTimeout(reset, flushMs) })
}

/** The number of bytes of an answer that are passed on, and how the answer then ends. */
interface Budget {
  readonly bytes: number
  readonly end: () => void
}

async function ask({ upstream, incoming, body, gone }: Passage): Promise<Dispatcher.ResponseData> {
  const { dispatcher, headers } = await upstream.authorize()
  return request(`${upstream.server}${incoming.url ?? '/'}`, {
    dispatcher,
    method: incoming.method ?? 'GET',
    headers: { ...endToEnd(incoming.headers), ...headers },
    ...(body.length > 0 && { body }),
    signal: gone,
  })
}

async function copy(answer: Dispatcher.ResponseData, { response, isFrozen }: Passage, budget?: Budget): Promise<void> {
  response.writeHead(answer.statusCode, endToEnd(answer.headers, budget ? ['content-length'] : []))
  response.flushHeaders()
  let left = budget?.bytes ?? Infinity
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    if (isFrozen()) continue
    response.write(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) {
      budget?.end()
      return
    }
  }
  if (!isFrozen()) response.end()
}

const flushMs = 5

// These headers are about one connection, not about the message.
const hopByHop = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding'])

function endToEnd(headers: IncomingHttpHeaders, without: readonly string[] = []): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !hopByHop.has(name) && !without.includes(name)) kept[name] = value
  }
  return kept
}

function readRequest({ method = 'GET', url = '/' }: IncomingMessage, body: Buffer): ProxiedRequest {
  const { pathname, searchParams } = new URL(url, 'https://proxy')
  return { method, path: pathname, query: searchParams, isWatch: searchParams.has('watch'), body: body.toString() }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}
