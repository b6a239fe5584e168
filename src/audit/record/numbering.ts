import type { AuditEvent, AuditPosition } from '../../api/audit-event.ts'
import { mergedRanges, type NumberRange } from '../chain/chain.ts'

/** Counts the events of one process: each write says of the numbers before it what is not known, and what does not come. */
export interface Numbering {
  /** Gives the next numbers to the events of one write, which begins now. */
  begin(events: readonly AuditEvent[]): NumberedWrite
}

/** One write, and what became of its numbers. */
export interface NumberedWrite {
  readonly events: readonly AuditEvent[]
  /** Says that none of its events counts, also where the write may have come through. */
  makeVoid(): void
  /** Must be called once the write has ended, well or not. */
  end(): void
}

// The schema has room for those of two writes.
const maxRanges = 256
// The schema's bound.
const maxListed = 1_024

/** @param boot of this process, and of no other ever */
export function createNumbering(boot: string): Numbering {
  const unsettled = new Set<number>()
  /** Numbers whose write failed, which no record on its way declares. */
  let voids: readonly NumberRange[] = []
  /** Those that some do: none of them may arrive. */
  const declaring = new Set<readonly NumberRange[]>()
  let sequence = 0

  return {
    begin(unnumbered) {
      const declared = voids.slice(0, maxRanges)
      voids = voids.slice(maxRanges)
      declaring.add(declared)
      const allDeclared = mergedRanges([...declaring].flat())
      const before = [...unsettled].slice(0, maxListed)
      const own: number[] = []
      const events = unnumbered.map((event, index) => {
        own.push(++sequence)
        const position: AuditPosition = {
          boot,
          sequence,
          ...(index === 0 && allDeclared.length > 0 && { void: [...allDeclared] }),
          ...(before.length > 0 && { unsettled: before }),
        }
        return { ...event, data: { ...event.data, position } }
      })
      for (const number of own) unsettled.add(number)
      return {
        events,
        makeVoid() {
          voids = mergedRanges([...voids, ...declared, ...own.map((number) => ({ from: number, to: number }))])
        },
        end() {
          declaring.delete(declared)
          for (const number of own) unsettled.delete(number)
        },
      }
    },
  }
}
