import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../client/resource.ts'
import type { Clock, Instant } from '../clock/clock.ts'

/** The Lease as a candidate saw it last. */
export interface ObservedLease {
  /** Undefined until it was seen once. */
  readonly last: KubeObject | undefined
  /** Notes the Lease as it is now. Returns the moment from which its holder's time counts, by our clock. */
  see(lease: KubeObject): Instant
}

/**
 * Makes the memory of one candidate.
 * @param onChange gets the Lease whenever it has changed, also if another has changed it
 */
export function createObservedLease(
  clock: Pick<Clock, 'now'>,
  onChange: ((lease: KubeObject) => void) | undefined,
): ObservedLease {
  let observed: { readonly lease: KubeObject; readonly at: Instant } | undefined
  return {
    get last() {
      return observed?.lease
    },
    see(lease) {
      const last = observed
      if (last && last.lease.metadata.resourceVersion === lease.metadata.resourceVersion) return last.at
      // Only its spec counts, as in client-go: an annotation is not a renewal, and must not keep a dead leader in
      // office.
      const isRenewal = !last || !isDeepStrictEqual(specOf(last.lease), specOf(lease))
      observed = { lease, at: isRenewal ? clock.now() : last.at }
      onChange?.(lease)
      return observed.at
    },
  }
}

function specOf(lease: KubeObject & { readonly spec?: unknown }): unknown {
  return lease.spec
}
