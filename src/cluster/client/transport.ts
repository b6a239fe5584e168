import { request, type Dispatcher } from 'undici'
import { apiErrorOf, KubeApiError } from './api-error.ts'
import type { Connection } from '../kube-config/kube-config.ts'

export interface ApiCall {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Query
  readonly body?: unknown
  readonly contentType?: string
  /** What of the forms of an answer is wanted; plain JSON where left out. */
  readonly accept?: string
  /** How long the whole call may take. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

export type Query = Readonly<Record<string, string>>

/** HTTP to the API server over the shared dispatcher. Each call rejects with KubeApiError, also when it is aborted. */
export interface Transport {
  /** The parsed JSON answer. */
  call(path: string, call?: ApiCall): Promise<unknown>
  /**
   * Resolves when the server has accepted the call; the bytes come as the server sends them, for as long as it does.
   * Must be read to its end, or aborted.
   */
  open(path: string, call: { readonly query: Query; readonly signal: AbortSignal }): Promise<AsyncIterable<Uint8Array>>
  close(): Promise<void>
}

// A healthy API server answers in milliseconds; a call that takes longer is as good as lost.
const callTimeoutMs = 10_000
// A firewall that restarts, or a load balancer that fails over, forgets all connections at once, and none of them says so. Who
// has waited so long for nothing takes it that the others are no better: else each costs some call its whole time, and watches, which
// wait for nothing in particular, notice only after a minute. Those are opened anew where they were.
const suspectAfterMs = 2_000

/** Named in the API server's audit log and in managedFields. */
export const fieldManager = 'sallyport'

export function createTransport(connection: Connection): Transport {
  async function send(path: string, { watches, ...options }: Sent): Promise<Dispatcher.ResponseData> {
    const { dispatcher, headers, givenUp } = await connection.authorize()
    const begun = performance.now()
    const response = await request(`${connection.server}${path}`, {
      dispatcher,
      ...options,
      ...(watches && { signal: AbortSignal.any([watches, givenUp]) }),
      headers: { ...headers, accept: 'application/json', 'user-agent': fieldManager, ...options.headers },
    }).catch((error: unknown) => {
      if (performance.now() - begun > suspectAfterMs) connection.giveUp(dispatcher)
      throw error
    })
    // A redirect is not followed: it is a proxy that answers in the API server's stead.
    if (response.statusCode < 300) return response
    // A token that was withdrawn, or a login program that was wrong about its end.
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
        const response = await send(path, requestOf(how))
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

/** What comes back from `work` when that fails is a KubeApiError with the failure as its cause. */
export async function asKubeApiError<T>(title: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof KubeApiError) throw error
    throw new KubeApiError(`${title}: ${String(error)}`, {}, { cause: error })
  }
}

function requestOf({ method = 'GET', query, body, contentType, accept, timeoutMs, signal }: ApiCall): DispatchOptions {
  const timeout = AbortSignal.timeout(timeoutMs ?? callTimeoutMs)
  return {
    method,
    ...(query && { query }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      ...(body !== undefined && { 'content-type': contentType ?? 'application/json' }),
      ...(accept !== undefined && { accept }),
    },
    // A list may take longer in all, but not to begin, or to go on.
    headersTimeout: callTimeoutMs,
    bodyTimeout: callTimeoutMs,
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }
}

/** `watches`: until this fires, or the connection is given up. */
type Sent = DispatchOptions & { readonly watches?: AbortSignal }
type DispatchOptions = Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'headers'> & {
  readonly headers?: Readonly<Record<string, string>>
}
