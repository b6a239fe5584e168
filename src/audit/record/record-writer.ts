import type { AuditEvent } from '../../api/audit-event.ts'
import { maxEventsOfRecord, type AccessRecordDraft } from '../../api/kinds/access-record.ts'
import { eventRecord } from './event-record.ts'
import { createNumbering } from './numbering.ts'

/** Gives events their places and writes them into records. */
export interface RecordWriter {
  /**
   * Resolves once the event is kept. Rejects if it is not, or if that is not known when the signal fires.
   * @param deliveredTo the sinks that have the event already
   */
  write(event: AuditEvent, deliveredTo: readonly string[], signal: AbortSignal): Promise<void>
}

export interface RecordWriterOptions {
  /** Names this process, and no other ever. */
  readonly boot: string
  readonly create: (record: AccessRecordDraft, signal: AbortSignal) => Promise<unknown>
}

interface Waiting {
  readonly event: AuditEvent
  readonly deliveredTo: readonly string[]
  readonly signal: AbortSignal
  readonly kept: PromiseWithResolvers<void>
  /** True after a record that it shared could not be written. */
  isAlone: boolean
}

// With a second write, one that hangs does not block everybody.
const writesAtOnce = 2
// The API server takes 1.5 MiB. A single event has less than half of that.
const maxBytes = 256 * 1_024

/**
 * Writes events into records. Events that come while others are being written share the next record. Each write costs
 * the API server some milliseconds of CPU: with separate writes, twenty at once would take twice as long as without
 * any.
 */
export function createRecordWriter({ boot, create }: RecordWriterOptions): RecordWriter {
  const queue: Waiting[] = []
  const numbering = createNumbering(boot)
  let writing = 0

  function start(): void {
    while (writing < writesAtOnce) {
      const together = takeTogether(queue)
      if (together.length === 0) return
      writing++
      void writeTogether(together).finally(() => {
        writing--
        start()
      })
    }
  }

  async function writeTogether(together: readonly Waiting[]): Promise<void> {
    const numbered = numbering.begin(together.map(({ event }) => event))
    try {
      await whileWanted(together, (signal) => create(eventRecord(numbered.events, together[0]?.deliveredTo), signal))
      for (const { kept } of together) kept.resolve()
    } catch (error) {
      // This is right also if the write may have succeeded: the access of these events did not happen.
      numbered.makeVoid()
      refuse(together, error)
    } finally {
      numbered.end()
    }
  }

  /** Tries each event again in its own record: if the API server refuses one, the others keep theirs. */
  function refuse(together: readonly Waiting[], error: unknown): void {
    const again = together.length > 1 ? together.filter(({ signal }) => !signal.aborted) : []
    for (const one of again) one.isAlone = true
    queue.unshift(...again)
    for (const one of together) if (!again.includes(one)) one.kept.reject(error)
  }

  return {
    async write(event, deliveredTo, signal) {
      signal.throwIfAborted()
      const one: Waiting = { event, deliveredTo, signal, kept: Promise.withResolvers(), isAlone: false }
      const giveUp = (): void => {
        const at = queue.indexOf(one)
        if (at >= 0) queue.splice(at, 1)
        one.kept.reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      queue.push(one)
      start()
      try {
        await one.kept.promise
      } finally {
        signal.removeEventListener('abort', giveUp)
      }
    },
  }
}

/** Takes the first event, and those right behind it that can share a record with it. */
function takeTogether(queue: Waiting[]): readonly Waiting[] {
  const [first] = queue
  if (!first) return []
  // Most events come one by one, and a user waits: so their size is not measured.
  if (first.isAlone || queue.length === 1) return queue.splice(0, 1)
  const having = first.deliveredTo.join()
  let bytes = sizeOf(first)
  let count = 1
  for (const one of queue.slice(1, maxEventsOfRecord)) {
    bytes += sizeOf(one)
    if (one.isAlone || one.deliveredTo.join() !== having || bytes > maxBytes) break
    count++
  }
  return queue.splice(0, count)
}

function sizeOf({ event }: Waiting): number {
  return Buffer.byteLength(JSON.stringify(event))
}

/** Ends a write only when no caller waits for it any more. */
async function whileWanted(
  together: readonly Waiting[],
  work: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const unwanted = new AbortController()
  const settled = new AbortController()
  let waiting = together.length
  for (const { signal } of together) {
    const leave = (): void => {
      if (--waiting === 0) unwanted.abort(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true, signal: settled.signal })
  }
  try {
    await work(unwanted.signal)
  } finally {
    settled.abort()
  }
}
