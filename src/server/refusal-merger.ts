import { createRepeatMerger, type RepeatMerger } from '../audit/event/repeat-merger.ts'
import type { RefusedCall } from './refusal.ts'

/** Refused calls as the log has them. */
interface ToldRefusal extends RefusedCall {
  readonly times: number
  /** The addresses of the other callers; at most the first few. */
  readonly alsoFrom?: readonly string[]
}

/** Callers may call as often as they like: what is refused for the same reason within a second is one line of the log. */
export function createRefusalMerger(tell: (told: ToldRefusal) => void): RepeatMerger<RefusedCall> {
  return createRepeatMerger<RefusedCall>({
    sameness: ({ status, reason, message, webhook }) => JSON.stringify({ status, reason, message, webhook }),
    tell: (first, { count, others }) => {
      const also = new Set(others.map(({ from }) => from).filter((from) => from !== first.from))
      tell({ ...first, times: count, ...(also.size > 0 && { alsoFrom: [...also] }) })
    },
  })
}
