import { isNotFound, KubeApiError } from './api-error.ts'
import type { Connection } from '../kube-config/kube-config.ts'
import { listAll, type ListOptions, type ObjectList } from './list.ts'
import { readObject } from './read-object.ts'
import { isPossible, pathOf, type KubeObject, type Resource } from './resource.ts'
import { createTransport, fieldManager, type ApiCall, type Query, type Transport } from './transport.ts'
import { openWatch, type WatchEvent, type WatchOptions } from './watch.ts'

/** Names one object. */
interface ObjectName {
  readonly name: string
  readonly namespace?: string | undefined
}

/** Names one object, and states what must still be true of it for a write to count. */
export interface ExpectedObject extends ObjectName {
  readonly uid?: string | undefined
  readonly resourceVersion?: string | undefined
}

interface RemovedObject extends ExpectedObject {
  /** Delete with gracePeriodSeconds 0. */
  readonly atOnce?: boolean
}

/** The calls that Sallyport makes. Each rejects with KubeApiError. */
export interface Client {
  /** Calls any path. Resolves to the parsed JSON answer. */
  call(path: string, call?: ApiCall): Promise<unknown>
  /** Reads the object as it is now. Resolves to undefined if it does not exist. */
  get(resource: Resource, where: ObjectName, signal?: AbortSignal): Promise<KubeObject | undefined>
  list(resource: Resource, options?: ListOptions, signal?: AbortSignal): Promise<ObjectList>
  /** Opens a watch on a collection: see openWatch. */
  watch(resource: Resource, options: WatchOptions): Promise<AsyncIterable<WatchEvent>>
  create<T extends KubeObject>(resource: Resource, object: T, signal?: AbortSignal): Promise<T>
  /**
   * Dry run: resolves to the object that create would make, after admission. Rejects as create would, and writes
   * nothing.
   */
  tryCreate(resource: Resource, object: KubeObject, signal?: AbortSignal): Promise<KubeObject>
  /** Server-side apply with force: the fields of `object` are ours. */
  apply<T extends KubeObject>(resource: Resource, object: T, signal?: AbortSignal): Promise<T>
  /** Dry run: rejects as apply would, and writes nothing. */
  tryApply(resource: Resource, object: KubeObject, signal?: AbortSignal): Promise<void>
  /**
   * Makes the object exactly this. Fields that it lacks are removed, even if others wrote them.
   * Rejects with Conflict (409) if the object has another resourceVersion by now.
   */
  replace<T extends KubeObject>(resource: Resource, object: T, signal?: AbortSignal): Promise<T>
  /**
   * Merge patch (RFC 7386): null removes a field, a list is replaced whole. Rejects with Conflict (409) if the object
   * is not, or no longer, the one expected. Rejects with NotFound if the object does not exist.
   */
  patch(resource: Resource, where: ExpectedObject, change: object, signal?: AbortSignal): Promise<KubeObject>
  /** Does the same for the status, which has its own subresource: `status` holds the changes. */
  patchStatus(resource: Resource, where: ExpectedObject, status: object, signal?: AbortSignal): Promise<KubeObject>
  /**
   * Deletes the object. Resolves to false if it did not exist. Rejects with Conflict (409) if the object is not the one
   * expected.
   */
  remove(resource: Resource, where: RemovedObject, signal?: AbortSignal): Promise<boolean>
  /**
   * Reads text, such as a log. Resolves when the server has accepted the call. The caller must read the stream to its end.
   */
  read(path: string, call: { readonly query: Query; readonly signal: AbortSignal }): Promise<AsyncIterable<Uint8Array>>
  close(): Promise<void>
}

export function createClient(connection: Connection): Client {
  const transport = createTransport(connection)
  return {
    call: (path, how) => transport.call(path, how),
    get: (resource, where, signal) => get(transport, resource, where, signal),
    list: (resource, options = {}, signal) => listAll(transport, resource, options, signal),
    watch: (resource, options) => openWatch(transport, resource, options),
    read: (path, how) => transport.open(path, how),
    close: () => transport.close(),
    ...wholeObjects(transport),
    ...changes(transport),
  }
}

async function get(
  transport: Transport,
  resource: Resource,
  where: ObjectName,
  signal: AbortSignal | undefined,
): Promise<KubeObject | undefined> {
  if (!isPossible(where)) return undefined
  const path = pathOf(resource, where)
  const answer = await unlessNotFound(transport.call(path, { signal }))
  return answer === undefined ? undefined : readObject(`GET ${path}`, resource, answer)
}

/** The writes that send an object as a whole. */
function wholeObjects(transport: Transport): Pick<Client, 'create' | 'tryCreate' | 'apply' | 'tryApply' | 'replace'> {
  async function write<T extends KubeObject>(path: string, how: ApiCall & { body: T }): Promise<T> {
    // The answer to a write is the object written: same kind, same schema.
    return (await transport.call(path, how)) as T
  }

  return {
    create: (resource, object, signal) =>
      write(pathOf(resource, { namespace: object.metadata.namespace }), { method: 'POST', body: object, signal }),
    tryCreate: (resource, object, signal) =>
      write(pathOf(resource, { namespace: object.metadata.namespace }), {
        ...{ method: 'POST', query: { dryRun: 'All' }, body: object, signal },
      }),
    apply: (resource, object, signal) => write(pathOf(resource, object.metadata), applyOf(object, signal)),
    async tryApply(resource, object, signal) {
      const { query, ...how } = applyOf(object, signal)
      await transport.call(pathOf(resource, object.metadata), { ...how, query: { ...query, dryRun: 'All' } })
    },
    replace: (resource, object, signal) =>
      write(pathOf(resource, object.metadata), { method: 'PUT', query: { fieldManager }, body: object, signal }),
  }
}

/** The writes that say only what changes. */
function changes(transport: Transport): Pick<Client, 'patch' | 'patchStatus' | 'remove'> {
  async function mergePatch(resource: Resource, path: string, how: ApiCall): Promise<KubeObject> {
    const contentType = 'application/merge-patch+json'
    try {
      return readObject(`PATCH ${path}`, resource, await transport.call(path, { ...how, method: 'PATCH', contentType }))
    } catch (error) {
      throw conflictIfUid(error)
    }
  }

  return {
    patch: (resource, where, change, signal) =>
      mergePatch(resource, pathOf(resource, where), { body: withExpectations(change, where), signal }),
    patchStatus: (resource, where, status, signal) =>
      mergePatch(resource, pathOf(resource, { ...where, subresource: 'status' }), {
        body: withExpectations({ status }, where),
        signal,
      }),
    async remove(resource, where, signal) {
      const { uid, resourceVersion, atOnce } = where
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid, resourceVersion },
        ...(atOnce && { gracePeriodSeconds: 0 }),
      }
      return (
        (await unlessNotFound(transport.call(pathOf(resource, where), { method: 'DELETE', body, signal }))) !==
        undefined
      )
    },
  }
}

function applyOf<T extends KubeObject>(body: T, signal: AbortSignal | undefined): ApiCall & { body: T } {
  return {
    method: 'PATCH',
    query: { fieldManager, force: 'true' },
    contentType: 'application/apply-patch+yaml',
    body,
    signal,
  }
}

/**
 * Adds the expectations to a patch. A uid or resourceVersion in its metadata is a precondition: the API server refuses
 * to change either.
 */
function withExpectations(change: object, { uid, resourceVersion }: ExpectedObject): object {
  const own = 'metadata' in change && typeof change.metadata === 'object' ? change.metadata : {}
  return {
    ...change,
    metadata: { ...own, ...(uid !== undefined && { uid }), ...(resourceVersion !== undefined && { resourceVersion }) },
  }
}

/**
 * Returns a Conflict for an unmet uid. The API server answers another uid in a patch with Invalid (422), and every
 * other unmet expectation with Conflict.
 */
function conflictIfUid(error: unknown): unknown {
  const isUid = error instanceof KubeApiError && error.status === 422 && error.message.includes('metadata.uid: ')
  return isUid ? new KubeApiError(error.message, { status: 409, reason: 'Conflict' }, { cause: error }) : error
}

async function unlessNotFound(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}
