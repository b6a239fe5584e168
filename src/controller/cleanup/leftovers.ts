import { accessGrantKind } from '../../api/kinds/access-grant.ts'
import { type AccessRecord, accessRecordKind } from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { ApplySet } from '../../cluster/apply/apply-set.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { WaryClock } from '../../cluster/clock/wary-clock.ts'
import type { Workqueue } from '../../cluster/queue/workqueue.ts'
import { hasBegun } from '../../provision/plan/eviction.ts'
import { isEviction, settleEviction } from './evictions.ts'
import { isUndo, settleUndo, type UndoOver } from './undos.ts'
import { readLiveRequest } from '../views/live-facts.ts'
import { objectsWithKey, uidOf } from './objects-of-request.ts'
import { byRequest, type Provided, type Views } from '../views/views.ts'
import { steadyClock, type Instant } from '../../cluster/clock/clock.ts'

interface LeftoversOptions {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now'>
  readonly views: Views
  readonly applySet: ApplySet
  readonly queue: Pick<Workqueue, 'addAfter'>
  readonly onUndone: (over: UndoOver) => void
}

/** Removes the objects that outlived their request. */
export interface Leftovers {
  /**
   * Removes the leftovers of former requests that had this key.
   * @param keep the request that has it now, as the view knows it
   */
  remove(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void>
}

export function createLeftovers({ client, clock, views, applySet, queue, onUndone }: LeftoversOptions): Leftovers {
  const spent = createSpentRecords(client, queue)

  async function removeObjects(objects: readonly Provided[], signal: AbortSignal): Promise<void> {
    for (const [uid, ofOne] of Map.groupBy(objects, uidOf)) await applySet({ uid }, [], ofOne, signal)
  }

  /** Evicts the pods of requests that were deleted while somebody may have been inside, and undoes their tasks. */
  async function settleRecords(key: string, records: readonly AccessRecord[], signal: AbortSignal): Promise<void> {
    for (const record of records.filter(isEviction)) {
      await settleEviction(client, record, { evicts: hasBegun(record.spec.eviction, clock.now()) }, signal)
    }
    for (const record of records.filter(isUndo)) {
      await settleUndo(client, record, { isLate: spent.isLate(key, record), onUndone }, signal)
    }
    const others = records.filter((record) => !isEviction(record) && !isUndo(record))
    await spent.remove(key, others, signal)
  }

  return {
    async remove(key, keep, signal) {
      const isOther = (uid: string | undefined): boolean => uid !== keep?.metadata.uid
      const objects = objectsWithKey(views, key).filter((one) => isOther(uidOf(one)))
      const grants = views.grants.by(byRequest, key).filter(({ spec }) => isOther(spec.requestRef.uid))
      const records = views.records.by(byRequest, key).filter(({ spec }) => isOther(spec.request?.uid))
      if (objects.length + grants.length + records.length === 0) return
      // The view of requests may be behind the others. It may lack a request that was made anew, or that another
      // replica made.
      const live = await readLiveRequest(client, key, signal)
      const isGone = (uid: string | undefined): boolean => uid !== live?.metadata.uid
      await removeObjects(
        objects.filter((one) => isGone(uidOf(one))),
        signal,
      )
      // A verdict on the new request must stay: its approver would not know that it is lost.
      const orphans = grants.filter(({ spec }) => isGone(spec.requestRef.uid))
      for (const { metadata } of orphans) await client.remove(accessGrantKind, metadata, signal)
      const ended = records.filter(({ spec }) => isGone(spec.request?.uid))
      await settleRecords(key, ended, signal)
    },
  }
}

// A gate that read the request just before it went may claim its one use later. The gate has 5 s for that, and its
// write has 10 s more.
const claimsEndAfterMs = 20_000

/** Removes the records of uses and debug containers of requests that are gone. */
interface SpentRecords {
  /** True if a record was handed over long enough ago: no call that was under way then is still so. */
  isLate(key: string, record: AccessRecord): boolean
  /**
   * Removes the records that were handed to it long enough ago. For the others it adds the key once more.
   * @param records of requests that are gone for ever: no other has their uid
   */
  remove(key: string, records: readonly AccessRecord[], signal: AbortSignal): Promise<void>
}

function createSpentRecords(client: Client, queue: Pick<Workqueue, 'addAfter'>): SpentRecords {
  const spentSince = new WeakMap<AccessRecord, Instant>()

  function isLate(key: string, record: AccessRecord): boolean {
    const now = steadyClock.now()
    const since = spentSince.get(record) ?? now
    spentSince.set(record, since)
    const left = since + claimsEndAfterMs - now
    if (left > 0) queue.addAfter(key, left)
    return left <= 0
  }

  return {
    isLate,
    async remove(key, records, signal) {
      for (const record of records) {
        if (isLate(key, record)) await client.remove(accessRecordKind, record.metadata, signal)
      }
    },
  }
}
