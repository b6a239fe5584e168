import { createBackoff, type Backoff, type BackoffOptions } from './backoff.ts'
import type { Instant } from '../clock/clock.ts'
import { createSchedule } from './schedule.ts'

/** What waits in a lane, and whose turn it is. */
interface LaneTurn<T> {
  readonly lane: string
  readonly item: T
}

/** Items in lanes: in one they go one after another, the lanes go beside each other, and one that is stuck holds up no other. */
export interface OrderedLanes<T> {
  add(lane: string, item: T): void
  /** The next whose turn it is; its lane then stands still until `done` or `failed`. */
  take(): LaneTurn<T> | undefined
  done(lane: string): void
  /** Its turn comes again, later each time; in how many milliseconds. */
  failed(lane: string): number
  /** What failed may go at once: it was not for what it is. */
  forgive(): void
  /** When the turn of one comes that has failed; Infinity where none has. */
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
  /** Those that have failed. */
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
      // By turns: many that always fail must not keep the others waiting.
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
