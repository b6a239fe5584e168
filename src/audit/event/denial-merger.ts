import type { DecisionEvent } from './decision-event.ts'
import { createRepeatMerger, type RepeatMerger } from './repeat-merger.ts'

/**
 * Merges equal denials into one event: kubectl tries a denied exec twice, by WebSocket and then by SPDY, 6-16 ms apart.
 * Denials that differ only in their uid are held for a moment and told once, with their number. Denials by a policy are
 * merged, too.
 * @param tell is called once for each event; allows at once, denials merged
 */
export function createDenialMerger(tell: (event: DecisionEvent) => void): RepeatMerger<DecisionEvent> {
  const denials = createRepeatMerger<DecisionEvent>({
    sameness,
    tell: (event, { count, others }) => {
      tell({ ...event, attempts: count, ...(others.length > 0 && { otherIds: others.map(({ id }) => id) }) })
    },
  })
  return {
    record(event) {
      if (event.verdict === 'allow' && event.code !== 'LEFT_TO_POLICY') tell(event)
      else denials.record(event)
    },
    flush() {
      denials.flush()
    },
  }
}

function sameness(event: DecisionEvent): string {
  // A review has its own uid, and each answer its time. The rest is what was tried and what was said.
  return JSON.stringify({ ...event, id: '', uid: '', durationMs: 0 })
}
