import { createBackoff, type Backoff, type BackoffOptions } from './backoff.ts'
import type { Instant } from '../clock/clock.ts'
import { createSchedule } from './schedule.ts'

/** An item and its lane, when it is their turn. */
interface LaneTurn<T> {
  readonly lane: string
  readonly item: T
}

/**
 * Items in lanes. The items of one lane go one after another. Lanes go beside each other, and a stuck lane does not
 * delay the others.
 */
export interface OrderedLanes<T> {
  add(lane: string, item: T): void
  /** Takes the next item. Its lane then stands still until `done` or `failed`. */
  take(): LaneTurn<T> | undefined
  done(lane: string): void
  /** Puts the lane off after a failure, longer each time. Returns the wait in milliseconds. */
  failed(lane: string): number
  /** Lets all failed lanes go at once: the items themselves were not the cause. */
  forgive(): void
  /** Returns the moment of the next retry; Infinity if no lane has failed. */
  nextDue(): Instant
}

interface Lane<T> {
  readonly items: T[]
  backoff?: Backoff | undefined
}

export function createOrderedLanes<T>(backoff: BackoffOptions): OrderedLanes<T> {
  const { clock } = backoff
  const lanes = new Map<string, Lane<T>>()
  const ready: string[] = []
  /** The lanes that have failed and are due again. */
  const again: string[] = []
  let isAgainsTurn = false
  const postponed = createSchedule()
  return {
    add(name, item) {
      const lane = lanes.get(name)
      if (lane) {
        lane.items.push(item)
        return
      }
      lanes.set(name, { items: [item] })
      ready.push(name)
    },
    take() {
      again.push(...postponed.takeDue(clock.now()))
      // They take turns: many lanes that always fail must not keep the others waiting.
      const from = isAgainsTurn ? [again, ready] : [ready, again]
      const lane = from.find(({ length }) => length > 0)?.shift()
      isAgainsTurn = !isAgainsTurn
      const item = lane === undefined ? undefined : lanes.get(lane)?.items[0]
      return lane === undefined || item === undefined ? undefined : { lane, item }
    },
    done(name) {
      const lane = lanes.get(name)
      if (!lane) return
      lane.items.shift()
      lane.backoff = undefined
      if (lane.items.length > 0) ready.push(name)
      else lanes.delete(name)
    },
    failed(name) {
      const lane = lanes.get(name)
      const delay = lane ? (lane.backoff ??= createBackoff(backoff)).next() : 0
      postponed.put(name, clock.now() + delay)
      return delay
    },
    forgive() {
      again.push(...postponed.takeDue(Infinity))
    },
    nextDue: () => postponed.next(),
  }
}
