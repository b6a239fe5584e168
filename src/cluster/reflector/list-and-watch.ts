import type { Client } from '../client/client.ts'
import type { KubeObject, Resource } from '../client/resource.ts'
import type { WatchEvent } from '../client/watch.ts'
import type { Clock, Instant } from '../clock/clock.ts'
import type { Mirror } from './mirror.ts'
import { shortWatch, type RecoveryStep, type ReflectorEvent } from './reflector-recovery.ts'
import { guardSilence } from './silence-timer.ts'

/** The objects that are followed, and how. */
export interface Collection<T extends KubeObject> {
  readonly client: Pick<Client, 'list' | 'watch'>
  readonly resource: Resource
  /** If left out: all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  /** `metadata.name=NAME` follows one object. RBAC can allow that for one name. */
  readonly fieldSelector?: string
  /**
   * Keeps only the needed part of each object, for large collections. It must keep name, namespace, uid and version.
   */
  readonly trim?: ((object: KubeObject) => T) | undefined
  /** Should be the steady clock. */
  readonly clock: Clock
  /** Returns a number from 0 up to, not including, 1; Math.random if left out. */
  readonly random?: () => number
  /** A silent watch, or an incomplete page of a list, counts as dead after this time in ms; two minutes if left out. */
  readonly silenceMs?: number
}

/** The progress of a copy of a collection. */
export interface Following<T extends KubeObject> {
  readonly collection: Collection<T>
  readonly mirror: Mirror<T>
  readonly tell: (event: ReflectorEvent) => void
  next: RecoveryStep
  /** The time at which the API server last sent anything; -Infinity: never. */
  lastContact: Instant
  /** The number of watches in a row that were accepted and then failed without an event. */
  fruitless: number
}

// The API server sends a bookmark about every minute, so two are missing by then. If it sends none, this costs one
// call.
const defaultSilenceMs = 120_000
// The values of client-go: watches end by themselves, so that they spread over all API servers again, and not all at
// once.
const shortestWatchSeconds = 300
const longestWatchSeconds = 600
// The value of client-go: a watch that ends this soon and without an event does not work. Without a pause the next ones
// would follow at full speed.
const shortWatchMs = 1_000

/** Lists once: from then on the copy is what the API server had at that version. */
export async function list<T extends KubeObject>(following: Following<T>, signal: AbortSignal): Promise<void> {
  const { collection, mirror, tell, next } = following
  const { client, resource, namespace, labelSelector, fieldSelector, clock, silenceMs = defaultSilenceMs } = collection
  const { items, resourceVersion } = await client.list(
    resource,
    { namespace, labelSelector, fieldSelector, resourceVersion: next.resourceVersion, pageTimeoutMs: silenceMs },
    signal,
  )
  following.lastContact = clock.now()
  mirror.replace(items.map((object) => kept(collection, object)))
  following.next = { kind: 'watch', resourceVersion }
  following.fruitless = 0
  tell({ event: 'listed', objects: items.length, resourceVersion })
}

/** Watches until the watch ends or fails. If it is silent for too long, it ends, and the next goes on. */
export async function watch<T extends KubeObject>(following: Following<T>, outer: AbortSignal): Promise<void> {
  const { client, resource, namespace, labelSelector, fieldSelector, clock, ...other } = following.collection
  const { random = Math.random, silenceMs = defaultSilenceMs } = other
  const begun = clock.now()
  const timeoutSeconds = shortestWatchSeconds + Math.floor(random() * (longestWatchSeconds - shortestWatchSeconds))
  const { resourceVersion } = following.next
  const watching = { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds }
  const lastHeard = () => Math.max(following.lastContact, begun)
  const silence = guardSilence({ clock, limitMs: silenceMs, lastHeard, outer })
  try {
    const events = await client.watch(resource, { ...watching, signal: silence.signal })
    following.lastContact = clock.now()
    following.fruitless += 1
    for await (const event of events) take(following, event)
    if (following.fruitless > 0 && clock.now() - begun < shortWatchMs) throw shortWatch()
    following.fruitless = 0
  } catch (error) {
    if (!silence.isSilent() || outer.aborted) throw error
    following.fruitless = 0
    following.tell({ event: 'silent' })
  } finally {
    silence.stop()
  }
}

function take<T extends KubeObject>(following: Following<T>, event: WatchEvent): void {
  const { collection, mirror } = following
  following.lastContact = collection.clock.now()
  const { resourceVersion } = event.type === 'BOOKMARK' ? event : event.object.metadata
  if (event.type === 'DELETED') mirror.delete(kept(collection, event.object))
  else if (event.type !== 'BOOKMARK') mirror.set(kept(collection, event.object))
  if (resourceVersion !== undefined) following.next = { kind: 'watch', resourceVersion }
  following.fruitless = 0
}

/**
 * Returns the part of the object that is kept. The API server has checked it against the schema of its kind; a
 * collection has objects of only one kind.
 */
function kept<T extends KubeObject>({ trim }: Collection<T>, object: KubeObject): T {
  return trim ? trim(object) : (object as T)
}
