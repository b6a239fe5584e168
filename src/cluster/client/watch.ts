import { apiErrorOfStatus, KubeApiError } from './api-error.ts'
import { jsonLines } from './json-lines.ts'
import { selectorsOf, type ListOptions } from './list.ts'
import { isRecord, readObject } from './read-object.ts'
import { pathOf, type KubeObject, type Resource } from './resource.ts'
import { asKubeApiError, type Transport } from './transport.ts'

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  /** Nothing happened up to this resourceVersion. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }

export interface WatchOptions extends Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'> {
  /** The watch sends the events after this version. It comes from a list, an event or a bookmark. */
  readonly resourceVersion: string
  /** The server ends the watch in good order after this time. */
  readonly timeoutSeconds: number
  readonly signal: AbortSignal
}

// The server ends a watch by itself. If it has not done so by then, the connection leads nowhere.
const graceMs = 5_000

/**
 * Opens a watch, with bookmarks. Resolves when the server has accepted it. The events end when the server ends them.
 * @throws KubeApiError, also while events are read. Causes are an ERROR event (with its code), a broken connection, a
 * line that is not an event, and the abort. A server that has not ended the watch 5 s after its time is a cause, too.
 */
export async function openWatch(
  transport: Transport,
  resource: Resource,
  options: WatchOptions,
): Promise<AsyncIterable<WatchEvent>> {
  const { namespace, resourceVersion, timeoutSeconds, signal } = options
  const path = pathOf(resource, { namespace })
  const deadline = AbortSignal.timeout(timeoutSeconds * 1_000 + graceMs)
  const body = await transport.open(path, {
    query: {
      ...selectorsOf(options),
      resourceVersion,
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(timeoutSeconds),
    },
    signal: AbortSignal.any([signal, deadline]),
  })
  return eventsOf({ title: `WATCH ${path}`, resource }, body)
}

interface WatchSource {
  readonly title: string
  readonly resource: Resource
}

async function* eventsOf(
  source: WatchSource,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent, void, undefined> {
  const lines = jsonLines(body)
  try {
    for (;;) {
      const line = await asKubeApiError(source.title, () => lines.next())
      if (line.done) return
      yield readEvent(source, line.value)
    }
  } finally {
    // Ends the connection if the reader leaves early.
    await lines.return()
  }
}

function readEvent({ title, resource }: WatchSource, line: string): WatchEvent {
  const { type, object } = parse(title, line)
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: readObject(title, resource, object) }
    case 'BOOKMARK':
      return { type, resourceVersion: versionOfBookmark(title, object) }
    case 'ERROR':
      throw apiErrorOfStatus(title, object)
    default:
      throw new KubeApiError(`${title}: an event of unknown type ${String(type)}`)
  }
}

function parse(title: string, line: string): { readonly type?: unknown; readonly object?: unknown } {
  try {
    const event: unknown = JSON.parse(line)
    if (typeof event === 'object' && event !== null) return event
  } catch {
    // The throw below answers this: a proxy in between may send anything.
  }
  throw new KubeApiError(`${title}: not a watch event: ${line.slice(0, 200)}`)
}

/** Reads the resourceVersion: the object of a bookmark has nothing else. */
function versionOfBookmark(title: string, object: unknown): string {
  if (isRecord(object) && isRecord(object['metadata'])) {
    const { resourceVersion } = object['metadata']
    if (typeof resourceVersion === 'string') return resourceVersion
  }
  throw new KubeApiError(`${title}: a bookmark without a resourceVersion`)
}
