import { createRepeatMerger, type RepeatMerger } from '../audit/event/repeat-merger.ts'
import type { RefusedCall } from './refusal.ts'

/** A refused call as the log shows it. */
interface ToldRefusal extends RefusedCall {
  readonly times: number
  /** The addresses of the other callers; at most the first few. */
  readonly alsoFrom?: readonly string[]
}

/**
 * Merges refusals for the log: callers may call as often as they like. Refusals for the same reason within a second
 * become one line.
 */
export function createRefusalMerger(tell: (told: ToldRefusal) => void): RepeatMerger<RefusedCall> {
  return createRepeatMerger<RefusedCall>({
    sameness: ({ status, reason, message, webhook }) => JSON.stringify({ status, reason, message, webhook }),
    tell: (first, { count, others }) => {
      const also = new Set(others.map(({ from }) => from).filter((from) => from !== first.from))
      tell({ ...first, times: count, ...(also.size > 0 && { alsoFrom: [...also] }) })
    },
  })
}
