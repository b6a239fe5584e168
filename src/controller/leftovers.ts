import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { ApplySet } from '../cluster/apply-set.ts'
import type { Client } from '../cluster/client.ts'
import type { WaryClock } from '../cluster/wary-clock.ts'
import type { Workqueue } from '../cluster/workqueue.ts'
import { hasBegun } from '../provision/eviction.ts'
import { isEviction, settleEviction } from './evictions.ts'
import { readLiveRequest } from './live-facts.ts'
import { removeOrphanGrants } from './orphan-grants.ts'
import { provided, uidOf } from './provided.ts'
import { createSpentRecords } from './spent-records.ts'
import { byRequest, type Views } from './views.ts'

interface LeftoversOptions {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now'>
  readonly views: Views
  readonly applySet: ApplySet
  readonly queue: Pick<Workqueue, 'addAfter'>
}

/** Removes what outlived its request. */
export interface Leftovers {
  /** Of the requests that had the name of this one before it. */
  removeBefore(key: string, request: AccessRequest, signal: AbortSignal): Promise<void>
  /** Of all that had this key, where there is none any more. */
  removeAll(key: string, signal: AbortSignal): Promise<void>
}

export function createLeftovers({ client, clock, views, applySet, queue }: LeftoversOptions): Leftovers {
  const spent = createSpentRecords(client, queue)

  async function removeProvided(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void> {
    const strangers = provided(views, key).filter((one) => uidOf(one) !== keep?.metadata.uid)
    if (strangers.length === 0) return
    // The view of requests may be behind that of what is made for them.
    const live = await readLiveRequest(client, key, signal)
    const gone = strangers.map(uidOf).filter((uid) => uid !== live?.metadata.uid)
    for (const uid of new Set(gone)) {
      await applySet(
        { uid },
        [],
        strangers.filter((one) => uidOf(one) === uid),
        signal,
      )
    }
  }

  /** Evicts for requests that were deleted while somebody may have been in the pod. */
  async function settleRecords(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void> {
    const strays = views.records.by(byRequest, key).filter(({ spec }) => spec.request?.uid !== keep?.metadata.uid)
    if (strays.length === 0) return
    // The view of requests may be behind that of records.
    const live = await readLiveRequest(client, key, signal)
    const gone = strays.filter(({ spec }) => spec.request?.uid !== live?.metadata.uid)
    for (const record of gone.filter(isEviction)) {
      await settleEviction(client, record, { evicts: hasBegun(record.spec.eviction, clock.now()) }, signal)
    }
    await spent.remove(
      key,
      gone.filter((record) => !isEviction(record)),
      signal,
    )
  }

  async function remove(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void> {
    await removeProvided(key, keep, signal)
    await removeOrphanGrants(client, views.grants.by(byRequest, key), keep, signal)
    await settleRecords(key, keep, signal)
  }

  return {
    removeBefore: remove,
    async removeAll(key, signal) {
      // The view may be behind: another replica's last writes may not be in its first list.
      if (!(await readLiveRequest(client, key, signal))) await remove(key, undefined, signal)
    },
  }
}
