import type { AccessRequest } from '../api/kinds/access-request.ts'
import type { ApplySet } from '../cluster/apply-set.ts'
import type { Client } from '../cluster/client.ts'
import type { WaryClock } from '../cluster/wary-clock.ts'
import { hasBegun } from '../provision/eviction.ts'
import { settleEviction } from './evictions.ts'
import { readLiveRequest } from './live-facts.ts'
import { removeOrphanGrants } from './orphan-grants.ts'
import { evictionsOf, provided, uidOf } from './provided.ts'
import { byRequest, type Views } from './views.ts'

interface LeftoversOptions {
  readonly client: Client
  readonly clock: Pick<WaryClock, 'now'>
  readonly views: Views
  readonly applySet: ApplySet
}

/** Removes what outlived its request. */
export interface Leftovers {
  /** Of the requests that had the name of this one before it. */
  removeBefore(key: string, request: AccessRequest, signal: AbortSignal): Promise<void>
  /** Of all that had this key, where there is none any more. */
  removeAll(key: string, signal: AbortSignal): Promise<void>
}

export function createLeftovers({ client, clock, views, applySet }: LeftoversOptions): Leftovers {
  async function removeProvided(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void> {
    const strangers = provided(views, key).filter((one) => uidOf(one) !== keep?.metadata.uid)
    for (const uid of new Set(strangers.map(uidOf))) {
      await applySet(
        { uid },
        [],
        strangers.filter((one) => uidOf(one) === uid),
        signal,
      )
    }
  }

  /** Of requests that are gone: deleted while somebody may have been in the pod. */
  async function settleStrays(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void> {
    const strays = evictionsOf(views, key).filter(({ spec }) => spec.request.uid !== keep?.metadata.uid)
    for (const record of strays) {
      const live = await readLiveRequest(client, key, signal)
      if (live?.metadata.uid === record.spec.request.uid) continue
      await settleEviction(client, record, { evicts: hasBegun(record.spec.eviction, clock.now()) }, signal)
    }
  }

  async function remove(key: string, keep: AccessRequest | undefined, signal: AbortSignal): Promise<void> {
    await removeProvided(key, keep, signal)
    await removeOrphanGrants(client, views.grants.by(byRequest, key), keep, signal)
    await settleStrays(key, keep, signal)
  }

  return {
    removeBefore: remove,
    async removeAll(key, signal) {
      // The view may be behind: another replica's last writes may not be in its first list.
      if (!(await readLiveRequest(client, key, signal))) await remove(key, undefined, signal)
    },
  }
}
