import { request, type Dispatcher } from 'undici'
import { apiErrorOf, isNotFound, KubeApiError } from './api-error.ts'
import type { Connection } from './kube-config.ts'
import { pathOf, type KubeObject, type Resource } from './resource.ts'

interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly contentType?: string
  readonly signal?: AbortSignal | undefined
}

/** The calls that Sallyport makes. Each rejects with KubeApiError. */
export interface Client {
  /** Any path; the parsed JSON answer. */
  call(path: string, call?: Call): Promise<unknown>
  create<T extends KubeObject>(resource: Resource, object: T, signal?: AbortSignal): Promise<T>
  /** Server-side apply with force: the fields of `object` are ours. */
  apply<T extends KubeObject>(resource: Resource, object: T, signal?: AbortSignal): Promise<T>
  /** Deletes; false where there was nothing. */
  remove(resource: Resource, where: { name: string; namespace?: string }, signal?: AbortSignal): Promise<boolean>
  close(): Promise<void>
}

// A healthy API server answers in milliseconds; a call that takes longer is as good as lost.
const callTimeoutMs = 10_000

const fieldManager = 'sallyport'

export function createClient(connection: Connection): Client {
  async function call(path: string, how: Call = {}): Promise<unknown> {
    const title = `${how.method ?? 'GET'} ${path}`
    try {
      const { dispatcher, headers } = await connection.authorize()
      const response = await request(`${connection.server}${path}`, { dispatcher, ...requestOf(how, headers) })
      const text = await response.body.text()
      if (response.statusCode < 400) return JSON.parse(text)
      const retryAfter = response.headers['retry-after']
      throw apiErrorOf(title, response.statusCode, text, typeof retryAfter === 'string' ? retryAfter : undefined)
    } catch (error) {
      if (error instanceof KubeApiError) throw error
      throw new KubeApiError(`${title}: ${String(error)}`, {}, { cause: error })
    }
  }

  async function write<T extends KubeObject>(path: string, how: Call & { body: T }): Promise<T> {
    // The answer to a write is the object written: same kind, same schema.
    return (await call(path, how)) as T
  }

  return {
    call,
    create: (resource, object, signal) =>
      write(pathOf(resource, { namespace: object.metadata.namespace }), { method: 'POST', body: object, signal }),
    apply: (resource, object, signal) =>
      write(pathOf(resource, object.metadata), {
        method: 'PATCH',
        query: { fieldManager, force: 'true' },
        contentType: 'application/apply-patch+yaml',
        body: object,
        signal,
      }),
    async remove(resource, where, signal) {
      try {
        await call(pathOf(resource, where), { method: 'DELETE', signal })
        return true
      } catch (error) {
        if (isNotFound(error)) return false
        throw error
      }
    },
    close: () => connection.close(),
  }
}

function requestOf(
  { method = 'GET', query, body, contentType, signal }: Call,
  credentials: Credentials,
): RequestOptions {
  const timeout = AbortSignal.timeout(callTimeoutMs)
  return {
    method,
    ...(query && { query }),
    headers: {
      ...credentials,
      accept: 'application/json',
      'user-agent': fieldManager,
      ...(body !== undefined && { 'content-type': contentType ?? 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  }
}

type Credentials = Readonly<Record<string, string>>
type RequestOptions = Omit<Dispatcher.RequestOptions, 'origin' | 'path'>
