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
  /** Left out: all namespaces. */
  readonly namespace?: string
  readonly labelSelector?: string
  /** Keeps of each object only what is needed, for collections that are large. It must keep name, namespace, uid and version. */
  readonly trim?: ((object: KubeObject) => T) | undefined
  /** Should be the steady clock. */
  readonly clock: Clock
  /** From 0 up to, not including, 1; Math.random where left out. */
  readonly random?: () => number
  /** After how long a watch that is silent, or a page of a list that is not all there, is taken for dead, in ms; two minutes where left out. */
  readonly silenceMs?: number
}

/** How far a copy of a collection has got. */
export interface Following<T extends KubeObject> {
  readonly collection: Collection<T>
  readonly mirror: Mirror<T>
  readonly tell: (event: ReflectorEvent) => void
  next: RecoveryStep
  /** When the API server last sent anything; -Infinity: never. */
  lastContact: Instant
  /** Watches in a row that were accepted and then failed without an event. */
  fruitless: number
}

// The API server sends a bookmark about every minute, so two are missing; where it sends none, this costs one call.
const defaultSilenceMs = 120_000
// client-go's: watches end by themselves, so that they spread over all API servers again, and not all at once.
const shortestWatchSeconds = 300
const longestWatchSeconds = 600
// client-go's: a watch that ends that soon and empty is no watch. Without a pause the next ones would come at full speed.
const shortWatchMs = 1_000

/** Lists once: from then on the copy is what the API server had at that version. */
export async function list<T extends KubeObject>(following: Following<T>, signal: AbortSignal): Promise<void> {
  const { collection, mirror, tell, next } = following
  const { client, resource, namespace, labelSelector, clock, silenceMs = defaultSilenceMs } = collection
  const { items, resourceVersion } = await client.list(
    resource,
    { namespace, labelSelector, resourceVersion: next.resourceVersion, pageTimeoutMs: silenceMs },
    signal,
  )
  following.lastContact = clock.now()
  mirror.replace(items.map((object) => kept(collection, object)))
  following.next = { kind: 'watch', resourceVersion }
  following.fruitless = 0
  tell({ event: 'listed', objects: items.length, resourceVersion })
}

/** Watches until the watch ends or fails. One that is silent for too long ends, and the next goes on. */
export async function watch<T extends KubeObject>(following: Following<T>, outer: AbortSignal): Promise<void> {
  const { client, resource, namespace, labelSelector, clock, ...other } = following.collection
  const { random = Math.random, silenceMs = defaultSilenceMs } = other
  const begun = clock.now()
  const timeoutSeconds = shortestWatchSeconds + Math.floor(random() * (longestWatchSeconds - shortestWatchSeconds))
  const { resourceVersion } = following.next
  const watching = { resource, namespace, labelSelector, resourceVersion, timeoutSeconds }
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

/** The API server has held it against the schema of its kind; one kind of objects is in one collection. */
function kept<T extends KubeObject>({ trim }: Collection<T>, object: KubeObject): T {
  return trim ? trim(object) : (object as T)
}
