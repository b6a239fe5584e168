import type { Dispatcher } from 'undici'
import { apiErrorOf, KubeApiError } from './api-error.ts'
import type { Connection } from '../kube-config/kube-config.ts'

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Query
  readonly body?: unknown
  readonly contentType?: string
  /** The wanted form of the answer; plain JSON if left out. */
  readonly accept?: string
  /** The longest time that the whole call may take. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

export type Query = Readonly<Record<string, string>>

/**
 * Sends HTTP to the API server over the shared dispatcher. Each call rejects with KubeApiError, also when it is
 * aborted.
 */
export interface Transport {
  /** Resolves to the parsed JSON answer. */
  call(path: string, call?: ApiCall): Promise<unknown>
  /**
   * Resolves when the server has accepted the call. The bytes come as the server sends them, until it ends the stream.
   * The caller must read the stream to its end, or abort it.
   */
  open(path: string, call: { readonly query: Query; readonly signal: AbortSignal }): Promise<AsyncIterable<Uint8Array>>
  close(): Promise<void>
}

// A healthy API server answers in milliseconds. A call that takes longer than this is as good as lost.
const callTimeoutMs = 10_000
// A firewall that restarts, or a load balancer that fails over, forgets all connections at once and does not tell. A
// call that has waited this long without an answer gives up all of them. Otherwise each dead connection would cost some
// call its whole time. Watches would notice only after a minute, because silence is normal for them. They are opened
// again where they were.
const suspectAfterMs = 2_000

/** This name stands in the API server's audit log and in managedFields. */
export const fieldManager = 'sallyport'

export function createTransport(connection: Connection): Transport {
  const { origin, pathname } = new URL(connection.server)
  const base = pathname.replace(/\/$/, '')

  async function send(path: string, { watches, ...options }: Sent): Promise<Dispatcher.ResponseData> {
    const { dispatcher, headers, givenUp } = await connection.authorize()
    const begun = performance.now()
    const call = dispatcher.request({
      origin,
      path: `${base}${path}`,
      ...options,
      ...(watches && { signal: AbortSignal.any([watches, givenUp]) }),
      headers: { ...headers, accept: 'application/json', 'user-agent': fieldManager, ...options.headers },
    })
    const response = await call.catch((error: unknown) => {
      if (performance.now() - begun > suspectAfterMs) connection.giveUp(dispatcher)
      throw new KubeApiError(
        `${options.method} ${path}: ${String(error)}`,
        { server: connection.server },
        { cause: error },
      )
    })
    // A redirect is not followed: it comes from a proxy that answers instead of the API server.
    if (response.statusCode < 300) return response
    // The token was withdrawn, or a login program was wrong about its end.
    if (response.statusCode === 401) connection.forgetLogin()
    const retryAfter = response.headers['retry-after']
    throw apiErrorOf(
      `${options.method} ${path}`,
      response.statusCode,
      await response.body.text(),
      typeof retryAfter === 'string' ? retryAfter : undefined,
    )
  }

  return {
    call: (path, how = {}) =>
      asKubeApiError(`${how.method ?? 'GET'} ${path}`, async () => {
        const response = await send(path, requestOf(how, connection.callTimeoutMs ?? callTimeoutMs))
        return JSON.parse(await response.body.text()) as unknown
      }),
    open: (path, { query, signal }) =>
      asKubeApiError(`GET ${path}`, async () => {
        const options = {
          method: 'GET',
          query,
          watches: signal,
          headersTimeout: callTimeoutMs,
          bodyTimeout: 0,
        } as const
        return (await send(path, options)).body
      }),
    close: () => connection.close(),
  }
}

/** Runs `work`. If it fails, rejects with a KubeApiError that has the failure as its cause. */
export async function asKubeApiError<T>(title: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof KubeApiError) throw error
    throw new KubeApiError(`${title}: ${String(error)}`, {}, { cause: error })
  }
}

function requestOf(
  { method = 'GET', query, body, contentType, accept, timeoutMs, signal }: ApiCall,
  defaultMs: number,
): DispatchOptions {
  const timeout = AbortSignal.timeout(timeoutMs ?? defaultMs)
  return {
    method,
    ...(query && { query }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      ...(body !== undefined && { 'content-type': contentType ?? 'application/json' }),
      ...(accept !== undefined && { accept }),
    },
    // A list may take longer in all. But it must begin within this time, and must not pause longer.
    headersTimeout: defaultMs,
    bodyTimeout: defaultMs,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }
}

/** A call; `watches` makes it last until that signal fires or the connection is given up. */
type Sent = DispatchOptions & { readonly watches?: AbortSignal }
type DispatchOptions = Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'headers'> & {
  readonly headers?: Readonly<Record<string, string>>
}
