import { retryAfterMsOf } from '../client/api-error.ts'
import { createBackoff, watchBackoff } from '../queue/backoff.ts'
import type { Client } from '../client/client.ts'
import type { Clock, Instant } from '../clock/clock.ts'
import { createMirror, type Mirror, type OnChange } from './mirror.ts'
import type { Indexes } from './object-store.ts'
import { nextAfter, shortWatch, type Next, type ReflectorLog } from './reflector-recovery.ts'
import type { KubeObject, Resource } from '../client/resource.ts'
import { guardSilence } from './silence-timer.ts'
import type { WatchEvent } from '../client/watch.ts'

/** A copy of a collection that follows it. Its objects are shared: nobody may change them. */
export interface Reflector<T> extends Pick<Mirror<T>, 'get' | 'by' | 'all'> {
  /**
   * Follows the collection until the signal aborts, whatever goes wrong, and resolves with nothing left open.
   * @throws Error at a second call: make another reflector
   */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when everything has been listed and reported once; never, if `run` ends before that. */
  readonly synced: Promise<void>
  /** When the API server last sent anything (a list, an event, a bookmark, its yes to a watch), by `clock`; -Infinity: never. */
  readonly lastContact: Instant
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: Pick<Client, 'list' | 'watch'>
  readonly resource: Resource
  /** Left out: all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly indexes: Indexes<T>
  /** Keeps of each object only what is needed, for collections that are large. It must keep name, namespace, uid and version. */
  readonly trim?: ((object: KubeObject) => T) | undefined
  /**
   * Each change, once it counts. Be quick, and only note the key: events wait meanwhile. After a gap only the difference is reported;
   * an object that was deleted and made anew in the gap is reported as deleted, then as added.
   */
  readonly onChange: OnChange<T>
  /** Should be the steady clock. */
  readonly clock: Clock
  /** From 0 up to, not including, 1; Math.random where left out. */
  readonly random?: () => number
  readonly log?: ReflectorLog
  /** After how long a watch that is silent, or a page of a list that is not all there, is taken for dead, in ms; two minutes where left out. */
  readonly silenceMs?: number
}

// The API server sends a bookmark about every minute, so two are missing; where it sends none, this costs one call.
const defaultSilenceMs = 120_000
// client-go's: watches end by themselves, so that they spread over all API servers again, and not all at once.
const shortestWatchSeconds = 300
const longestWatchSeconds = 600
// client-go's: a watch that ends that soon and empty is no watch. Without a pause the next ones would come at full speed.
const shortWatchMs = 1_000

/**
 * Lists and then watches, after client-go's reflector.
 *
 * The first list is whatever the API server has at hand ('0'): the watch catches up. After a failure the watch goes on from the version
 * that it had got to, without a list: if all clients listed after an API server's restart, they would bring it down again.
 */
export function createReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector<T> {
  const { client, resource, clock, random = Math.random, silenceMs = defaultSilenceMs } = options
  const { namespace, labelSelector } = options
  const synced = Promise.withResolvers<undefined>()
  const backoff = createBackoff({ ...watchBackoff, clock, random })
  const mirror = createMirror(options.indexes, handleSafely)
  let next: Next = { kind: 'list', resourceVersion: '0' }
  let lastContact: Instant = -Infinity
  // Watches in a row that were accepted and then failed without an event.
  let fruitless = 0
  let hasRun = false

  function handleSafely(key: string, before: T | undefined, after: T | undefined): void {
    try {
      options.onChange(key, before, after)
    } catch (error) {
      log({ event: 'handler-failed', key, error })
    }
  }

  function log(event: Parameters<ReflectorLog>[0]): void {
    try {
      options.log?.(event)
    } catch {
      // Telling is not worth the copy.
    }
  }

  async function list(signal: AbortSignal): Promise<void> {
    const { resourceVersion: atLeast } = next
    const { items, resourceVersion } = await client.list(
      resource,
      { namespace, labelSelector, resourceVersion: atLeast, pageTimeoutMs: silenceMs },
      signal,
    )
    lastContact = clock.now()
    mirror.replace(items.map(asKind))
    next = { kind: 'watch', resourceVersion }
    fruitless = 0
    log({ event: 'listed', objects: items.length, resourceVersion })
    synced.resolve(undefined)
  }

  async function watch(outer: AbortSignal): Promise<void> {
    const begun = clock.now()
    const timeoutSeconds = shortestWatchSeconds + Math.floor(random() * (longestWatchSeconds - shortestWatchSeconds))
    const { resourceVersion } = next
    const watching = { resource, namespace, labelSelector, resourceVersion, timeoutSeconds }
    const lastHeard = () => Math.max(lastContact, begun)
    const silence = guardSilence({ clock, limitMs: silenceMs, lastHeard, outer })
    try {
      const events = await client.watch(resource, { ...watching, signal: silence.signal })
      lastContact = clock.now()
      fruitless += 1
      for await (const event of events) take(event)
      if (fruitless > 0 && clock.now() - begun < shortWatchMs) throw shortWatch()
      fruitless = 0
    } catch (error) {
      if (!silence.isSilent() || outer.aborted) throw error
      fruitless = 0
      log({ event: 'silent' })
    } finally {
      silence.stop()
    }
  }

  function take(event: WatchEvent): void {
    lastContact = clock.now()
    const { resourceVersion } = event.type === 'BOOKMARK' ? event : event.object.metadata
    if (event.type === 'DELETED') mirror.delete(asKind(event.object))
    else if (event.type !== 'BOOKMARK') mirror.set(asKind(event.object))
    if (resourceVersion !== undefined) next = { kind: 'watch', resourceVersion }
    fruitless = 0
  }

  /** The API server has held it against the schema of its kind; one kind of objects is in one collection. */
  function asKind(object: KubeObject): T {
    return options.trim ? options.trim(object) : (object as T)
  }

  async function recover(error: unknown, signal: AbortSignal): Promise<void> {
    const before = next
    next = nextAfter(error, before, fruitless)
    const retryInMs = backoff.next(retryAfterMsOf(error))
    log({ event: 'failed', error, during: before.kind, next: next.kind, retryInMs })
    await clock.sleepUntil(clock.now() + retryInMs, signal)
  }

  async function step(signal: AbortSignal): Promise<void> {
    try {
      await (next.kind === 'list' ? list(signal) : watch(signal))
    } catch (error) {
      if (!signal.aborted) await recover(error, signal)
    }
  }

  return {
    get: (key) => mirror.get(key),
    by: (index, value) => mirror.by(index, value),
    all: () => mirror.all(),
    synced: synced.promise,
    get lastContact() {
      return lastContact
    },
    async run(signal) {
      if (hasRun) throw new Error(`the reflector of ${resource.plural} has run already`)
      hasRun = true
      while (!signal.aborted) {
        // Only the abort rejects, out of the sleep in recover.
        await step(signal).catch(() => undefined)
      }
    },
  }
}
