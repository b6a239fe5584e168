import { accessRecordKind, type AccessRecord } from '../api/kinds/access-record.ts'
import type { Client } from '../cluster/client.ts'
import { steadyClock, type Instant } from '../cluster/clock.ts'
import type { Workqueue } from '../cluster/workqueue.ts'

// A gate that read the request just before it went may claim its one use after: it has 5 s, and its write 10 s more.
const claimsEndAfterMs = 20_000

/** Removes the records of uses and debug containers of requests that are gone. */
export interface SpentRecords {
  /**
   * Removes those that were handed to it before, long enough ago; for the others it adds the key once more.
   * @param records of requests that nobody will find again: no other has their uid
   */
  remove(key: string, records: readonly AccessRecord[], signal: AbortSignal): Promise<void>
}

export function createSpentRecords(client: Client, queue: Pick<Workqueue, 'addAfter'>): SpentRecords {
  const spentSince = new WeakMap<AccessRecord, Instant>()
  return {
    async remove(key, records, signal) {
      const now = steadyClock.now()
      for (const record of records) {
        const since = spentSince.get(record) ?? now
        spentSince.set(record, since)
        if (now - since < claimsEndAfterMs) queue.addAfter(key, since + claimsEndAfterMs - now)
        else await client.remove(accessRecordKind, record.metadata, signal)
      }
    },
  }
}
