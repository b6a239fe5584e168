import { isGone, KubeApiError } from './api-error.ts'
import { isRecord, readObject } from './read-object.ts'
import { pathOf, type KubeObject, type Resource } from './resource.ts'
import type { Query, Transport } from './transport.ts'

export interface ListOptions {
  /** Left out: all namespaces. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /**
   * '' (the default): what is true now, read from etcd. '0': whatever the API server has in its cache, at once. Any other: from the
   * cache, but not older than that.
   */
  readonly resourceVersion?: string
  /** Objects a request, 500 where left out; the API server may disregard it for a list out of its cache. */
  readonly pageSize?: number
  /** How long one request may take, in ms; a minute where left out. */
  readonly pageTimeoutMs?: number
}

export interface ObjectList {
  readonly items: readonly KubeObject[]
  /** From where a watch goes on. */
  readonly resourceVersion: string
}

// client-go's: 500 Pods are about 5 MB, which neither side feels.
const defaultPageSize = 500
// A page of a list out of the cache may be all there is of the resource.
const defaultPageTimeoutMs = 60_000

/**
 * Lists all there is, page by page.
 *
 * A continue token dies after about 5 minutes, with etcd's compaction (410). The list is then begun again, in one piece: between
 * the pages of a second one as much time could pass.
 * @throws KubeApiError
 */
export async function listAll(
  transport: Transport,
  resource: Resource,
  options: ListOptions,
  signal?: AbortSignal,
): Promise<ObjectList> {
  const { namespace, resourceVersion = '', pageSize = defaultPageSize } = options
  const { pageTimeoutMs = defaultPageTimeoutMs } = options
  const readPage = (query: Query) =>
    listPage(transport, { resource, namespace, pageTimeoutMs, signal }, { ...selectorsOf(options), ...query })
  // A limit would send a list that must not be older than some version to etcd instead of the cache, and a herd of us with it.
  const limit = resourceVersion === '' || resourceVersion === '0' ? { limit: String(pageSize) } : {}
  const version: Query = resourceVersion === '' ? {} : { resourceVersion }
  const first = await readPage({ ...version, ...limit })
  const items = [...first.items]
  try {
    for (let page = first; page.next !== ''; items.push(...page.items)) {
      // The token knows its version; to name one besides is refused.
      page = await readPage({ ...limit, continue: page.next })
    }
  } catch (error) {
    if (isGone(error)) return readPage({})
    throw error
  }
  return { items, resourceVersion: first.resourceVersion }
}

interface Page extends ObjectList {
  /** The continue token, '' on the last page. */
  readonly next: string
}

interface ListSource {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly pageTimeoutMs: number
  readonly signal: AbortSignal | undefined
}

async function listPage(
  transport: Transport,
  { resource, namespace, pageTimeoutMs, signal }: ListSource,
  query: Query,
): Promise<Page> {
  const path = pathOf(resource, { namespace })
  const title = `LIST ${path}`
  const list = await transport.call(path, { query, timeoutMs: pageTimeoutMs, signal })
  if (!isRecord(list) || !Array.isArray(list['items']) || !isRecord(list['metadata'])) {
    throw new KubeApiError(`${title}: not a list`)
  }
  const { resourceVersion, continue: next } = list['metadata']
  if (typeof resourceVersion !== 'string') throw new KubeApiError(`${title}: a list without a resourceVersion`)
  const items = list['items'].map((item: unknown) => readObject(title, resource, item))
  return { items, resourceVersion, next: typeof next === 'string' ? next : '' }
}

/** The part of the query that lists and watches of the same objects share. */
export function selectorsOf({
  labelSelector,
  fieldSelector,
}: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>): Query {
  return {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  }
}
