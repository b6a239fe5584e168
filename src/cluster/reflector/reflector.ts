import { retryAfterMsOf } from '../client/api-error.ts'
import { createBackoff, watchBackoff } from '../queue/backoff.ts'
import type { KubeObject, Resource } from '../client/resource.ts'
import type { Instant } from '../clock/clock.ts'
import { list, watch, type Collection, type Following } from './list-and-watch.ts'
import { createMirror, type Mirror, type OnChange } from './mirror.ts'
import type { Indexes } from './object-store.ts'
import { nextAfter, type ReflectorLog } from './reflector-recovery.ts'

/** A copy of a collection that follows it. Its objects are shared: do not change them. */
export interface Reflector<T> extends Pick<Mirror<T>, 'get' | 'by' | 'all'> {
  /** The kind that it follows. */
  readonly resource: Resource
  /**
   * Follows the collection until the signal aborts, whatever fails. Resolves with nothing left open.
   * @throws Error at a second call: make another reflector
   */
  run(signal: AbortSignal): Promise<void>
  /** Resolves when everything has been listed and reported once; never, if `run` ends before that. */
  readonly synced: Promise<void>
  /**
   * The time at which the API server last sent anything (a list, an event, a bookmark, the headers of a watch), by
   * `clock`; -Infinity: never.
   */
  readonly lastContact: Instant
}

export interface ReflectorOptions<T extends KubeObject> extends Collection<T> {
  readonly indexes: Indexes<T>
  /**
   * Gets each change, once it counts. It should only note the key and return: events wait meanwhile. After a gap only
   * the difference is reported. An object that was deleted and made anew in the gap is reported as deleted, then as
   * added.
   */
  readonly onChange: OnChange<T>
  readonly log?: ReflectorLog
}

/**
 * Lists and then watches, after client-go's reflector.
 *
 * The first list may be any state that the API server has in its cache ('0'): the watch catches up. After a failure the
 * watch goes on from its last version, without a list. If all clients listed after an API server's restart, they would
 * bring it down again.
 */
export function createReflector<T extends KubeObject>(options: ReflectorOptions<T>): Reflector<T> {
  const { resource, clock, random = Math.random } = options
  const synced = Promise.withResolvers<undefined>()
  const backoff = createBackoff({ ...watchBackoff, clock, random })
  const { tell, onChange } = safeListeners(options)
  const mirror = createMirror(options.indexes, onChange)
  const following: Following<T> = {
    collection: options,
    mirror,
    tell,
    next: { kind: 'list', resourceVersion: '0' },
    lastContact: -Infinity,
    fruitless: 0,
  }
  let hasRun = false

  async function recover(error: unknown, signal: AbortSignal): Promise<void> {
    const before = following.next
    following.next = nextAfter(error, before, following.fruitless)
    const retryInMs = backoff.next(retryAfterMsOf(error))
    tell({ event: 'failed', error, during: before.kind, next: following.next.kind, retryInMs })
    await clock.sleepUntil(clock.now() + retryInMs, signal)
  }

  async function step(signal: AbortSignal): Promise<void> {
    try {
      if (following.next.kind === 'watch') await watch(following, signal)
      else {
        await list(following, signal)
        synced.resolve(undefined)
      }
    } catch (error) {
      if (!signal.aborted) await recover(error, signal)
    }
  }

  return {
    resource,
    get: (key) => mirror.get(key),
    by: (index, value) => mirror.by(index, value),
    all: () => mirror.all(),
    synced: synced.promise,
    get lastContact() {
      return following.lastContact
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

/** Wraps the listeners of a reflector: an error that they throw does not stop it. */
function safeListeners<T extends KubeObject>({
  log,
  onChange,
}: ReflectorOptions<T>): { readonly tell: ReflectorLog; readonly onChange: OnChange<T> } {
  const tell: ReflectorLog = (event) => {
    try {
      log?.(event)
    } catch {
      // A failed report must not end the copy.
    }
  }
  return {
    tell,
    onChange: (key, before, after) => {
      try {
        onChange(key, before, after)
      } catch (error) {
        tell({ event: 'handler-failed', key, error })
      }
    },
  }
}
