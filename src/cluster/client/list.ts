import { isGone, KubeApiError } from './api-error.ts'
import { isRecord, readObject } from './read-object.ts'
import { pathOf, type KubeObject, type Resource } from './resource.ts'
import type { Query, Transport } from './transport.ts'

export interface ListOptions {
  /** If left out: all namespaces. */
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  /**
   * '' (the default): the present state, read from etcd. '0': the API server answers at once from its cache, however
   * old that is. Any other version: the API server answers from its cache, but not with an older state.
   */
  readonly resourceVersion?: string
  /** Objects in one page; 500 if left out. The API server may disregard it for a list from its cache. */
  readonly pageSize?: number
  /** The longest time that one page may take, in ms; one minute if left out. */
  readonly pageTimeoutMs?: number
}

export interface ObjectList {
  readonly items: readonly KubeObject[]
  /** A watch goes on from this version. */
  readonly resourceVersion: string
}

// The same as client-go: 500 Pods are about 5 MB, which neither side feels.
const defaultPageSize = 500
// A page of a list from the cache may hold all objects of the resource.
const defaultPageTimeoutMs = 60_000

/**
 * Lists all objects, page by page.
 *
 * A continue token dies after about 5 minutes, with etcd's compaction (410). The list is then read again in one piece,
 * because a second list by pages could take as long.
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
  // With a limit, the API server reads a list that must not be older than some version from etcd, not from its cache.
  // Many clients that list at once would then load etcd.
  const limit = resourceVersion === '' || resourceVersion === '0' ? { limit: String(pageSize) } : {}
  const version: Query = resourceVersion === '' ? {} : { resourceVersion }
  const first = await readPage({ ...version, ...limit })
  const items = [...first.items]
  try {
    for (let page = first; page.next !== ''; items.push(...page.items)) {
      // The token contains its version. The API server refuses a second version beside it.
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

/** Returns the part of the query that lists and watches of the same objects share. */
export function selectorsOf({
  labelSelector,
  fieldSelector,
}: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>): Query {
  return {
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  }
}
