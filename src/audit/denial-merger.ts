import type { DecisionEvent } from './decision-event.ts'

/**
 * One logical denial is one event: kubectl tries a denied exec twice, by WebSocket and then by SPDY, 6-16 ms apart.
 * Denials that are the same but for their uid are held so long and told once, with their number.
 */
const mergeMs = 1_000
// kubectl makes two calls; who makes thousands is counted, not listed.
const maxOtherIds = 16

export interface DenialMerger {
  record(event: DecisionEvent): void
  /** Tells what is still held; at the end. */
  flush(): void
}

interface Held {
  readonly event: DecisionEvent
  readonly timer: NodeJS.Timeout
  attempts: number
  readonly otherIds: string[]
}

/** @param tell is called once for each event; allows at once, denials merged */
export function createDenialMerger(tell: (event: DecisionEvent) => void): DenialMerger {
  const held = new Map<string, Held>()

  function release(key: string): void {
    const one = held.get(key)
    if (!one) return
    held.delete(key)
    clearTimeout(one.timer)
    tell({ ...one.event, attempts: one.attempts, ...(one.otherIds.length > 0 && { otherIds: one.otherIds }) })
  }

  return {
    record(event) {
      if (event.verdict === 'allow') {
        tell(event)
        return
      }
      const key = sameness(event)
      const before = held.get(key)
      if (before) {
        before.attempts++
        if (before.otherIds.length < maxOtherIds) before.otherIds.push(event.id)
        return
      }
      const timer = setTimeout(release, mergeMs, key)
      held.set(key, { event, timer, attempts: 1, otherIds: [] })
    },
    flush() {
      for (const key of [...held.keys()]) release(key)
    },
  }
}

function sameness(event: DecisionEvent): string {
  // A review has a uid of its own, and each answer its time; what remains is what was tried and what was said.
  return JSON.stringify({ ...event, id: '', uid: '', durationMs: 0 })
}
