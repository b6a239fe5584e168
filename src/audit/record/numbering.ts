import type { AuditEvent, AuditPosition } from '../../api/audit-event.ts'
import { mergedRanges, type NumberRange } from '../chain/chain.ts'

/**
 * Counts the events of one process. Each write tells which numbers before it are not known yet, and which will not
 * come.
 */
export interface Numbering {
  /** Gives the next numbers to the events of one write, which begins now. */
  begin(events: readonly AuditEvent[]): NumberedWrite
}

/** One write, and what became of its numbers. */
export interface NumberedWrite {
  readonly events: readonly AuditEvent[]
  /** Declares that none of its events counts, also if the write may have succeeded. */
  makeVoid(): void
  /** Must be called once the write has ended, with or without success. */
  end(): void
}

// The schema has room for the ranges of two writes.
const maxRanges = 256
// The limit of the schema.
const maxListed = 1_024

/**
 * Begins at 1.
 * @param boot names this process, and no other ever
 */
export function createNumbering(boot: string): Numbering {
  const unsettled = new Set<number>()
  /** Numbers whose write failed, and which no record on its way declares void. */
  let voids: readonly NumberRange[] = []
  /** Numbers that some record on its way declares void. That record may never arrive. */
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
