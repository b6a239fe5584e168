import type { DecisionEvent } from './decision-event.ts'
import { createRepeatMerger, type RepeatMerger } from './repeat-merger.ts'

/**
 * One logical denial is one event: kubectl tries a denied exec twice, by WebSocket and then by SPDY, 6-16 ms apart.
 * Denials that are the same but for their uid are held so long and told once, with their number. So is what a policy denies.
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
  // A review has a uid of its own, and each answer its time; what remains is what was tried and what was said.
  return JSON.stringify({ ...event, id: '', uid: '', durationMs: 0 })
}
