import type { Manifest } from '../../api/manifest.ts'
import type { OwnerReference } from '../../api/owner-reference.ts'
import type { Instant, Clock } from '../../cluster/clock/clock.ts'
import type { Faults } from './faults.ts'
import { keyOf, type InstallationCheck } from './installation-check.ts'
import type { Restorations } from './restorations.ts'

interface ObjectLookOptions {
  readonly check: InstallationCheck
  readonly faults: Pick<Faults, 'note'>
  readonly restorations: Pick<Restorations, 'writableAt'>
  readonly clock: Pick<Clock, 'now'>
  /** A look that failed is tried again after this time. */
  readonly retryMs: number
  readonly signal: AbortSignal
}

// The end of an upgrade is seen soon.
const waitMs = 3_000

/** Returns a look at one object. It resolves to the time of the next one; Infinity if that is at the next interval. */
export function createObjectLook({
  check,
  faults,
  restorations,
  clock,
  retryMs,
  signal,
}: ObjectLookOptions): (wanted: Manifest, owner: OwnerReference) => Promise<Instant> {
  return async (wanted, owner) => {
    const found = await check(wanted, owner, signal)
    if (found === 'waits') return clock.now() + waitMs
    faults.note(wanted, found)
    if (found?.err !== undefined) return clock.now() + retryMs
    return found?.outcome === 'not restored' ? restorations.writableAt(keyOf(wanted)) : Infinity
  }
}
