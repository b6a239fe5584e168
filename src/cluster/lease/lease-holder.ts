import { isConflict, isNotFound } from '../client/api-error.ts'
import type { Client } from '../client/client.ts'
import type { Clock, Instant } from '../clock/clock.ts'
import { heldSpec, leases, readLease, releasedSpec } from './lease-record.ts'
import type { KubeObject } from '../client/resource.ts'
import { createObservedLease, type ObservedLease } from './observed-lease.ts'

export interface LeaseOptions {
  readonly client: Pick<Client, 'get' | 'create' | 'patch'>
  /** Must be the steady clock: by the time of day, a lease is held too long when that is put back. */
  readonly clock: Clock
  readonly namespace: string
  /** The name of the Lease. */
  readonly name: string
  /** Unlike that of any other candidate, also of an earlier process of this pod. */
  readonly identity: string
  readonly leaseDurationMs: number
  /** Gets the Lease whenever it has changed, also if another has changed it. */
  readonly onSeen?: (lease: KubeObject) => void
}

/**
 * The result of an attempt. `since` is a moment of our clock before the API server can have written the Lease. Others
 * count from a later moment.
 */
type Attempt =
  | { readonly held: true; readonly since: Instant }
  /** `freeAt`: from then on we may take it, unless its holder renews it before. */
  | { readonly held: false; readonly freeAt: Instant }

/** One candidate's calls for the Lease. Each rejects with KubeApiError. */
export interface LeaseHolder {
  /** Takes the lease if it is free or ours, or if its holder was silent for as long as the holder had asked for. */
  acquire(signal: AbortSignal): Promise<Attempt>
  /** Renews it; `held: false` if another holds it now. Never takes it from another. */
  renew(signal: AbortSignal): Promise<Attempt>
  /** Gives it back if it is still ours. */
  release(): Promise<void>
}

/**
 * Makes a holder after client-go's leader election. Clocks of two machines are never compared: a candidate counts from
 * the moment at which it saw the Lease change. So a clock may be wrong; it must only run at the right speed. The
 * resourceVersion prevents two writes at once.
 */
export function createLeaseHolder(options: LeaseOptions): LeaseHolder {
  const { client, clock, namespace, name, identity } = options
  const candidate: HoldingCandidate = {
    ...options,
    where: { namespace, name },
    observed: createObservedLease(clock, options.onSeen),
  }
  const { where, observed } = candidate
  return {
    acquire: (signal) => acquire(candidate, signal),
    async renew(signal) {
      // Writes without a look first: as a rule, nobody else writes the Lease while we hold it.
      if (observed.last !== undefined) {
        try {
          return await write(candidate, observed.last, signal)
        } catch (error) {
          if (!isConflict(error) && !isNotFound(error)) throw error
        }
      }
      const lease = await client.get(leases, where, signal)
      if (lease !== undefined && readLease(lease).holder !== identity) return { held: false, freeAt: Infinity }
      // The Lease is ours: someone edited it, or an earlier write succeeded although its answer was lost.
      return lease === undefined ? create(candidate, signal) : write(candidate, lease, signal)
    },
    async release() {
      const lease = await client.get(leases, where)
      if (lease === undefined || readLease(lease).holder !== identity) return
      const { resourceVersion } = lease.metadata
      await client.patch(leases, { ...where, resourceVersion }, { spec: releasedSpec(clock.now()) })
    },
  }
}

interface HoldingCandidate extends LeaseOptions {
  /** The place of the Lease. */
  readonly where: { readonly namespace: string; readonly name: string }
  readonly observed: ObservedLease
}

async function acquire(candidate: HoldingCandidate, signal: AbortSignal): Promise<Attempt> {
  const { client, clock, where, observed, identity, leaseDurationMs } = candidate
  const lease = await client.get(leases, where, signal)
  if (lease === undefined) return create(candidate, signal)
  const seenAt = observed.see(lease)
  const { holder, durationMs } = readLease(lease)
  // The holder decides how long to wait: its configuration may differ from ours.
  const freeAt = seenAt + (durationMs || leaseDurationMs)
  const isTaken = holder !== '' && holder !== identity && freeAt > clock.now()
  return isTaken ? { held: false, freeAt } : write(candidate, lease, signal)
}

async function create(candidate: HoldingCandidate, signal: AbortSignal): Promise<Attempt> {
  const { client, clock, where, observed, identity, leaseDurationMs } = candidate
  const since = clock.now()
  const spec = heldSpec({ identity, durationMs: leaseDurationMs, now: since, transitions: 0, isRenewal: false })
  const { apiVersion, kind } = leases
  observed.see(await client.create(leases, { apiVersion, kind, metadata: where, spec }, signal))
  return { held: true, since }
}

async function write(candidate: HoldingCandidate, lease: KubeObject, signal: AbortSignal): Promise<Attempt> {
  const { client, clock, where, observed, identity, leaseDurationMs } = candidate
  const since = clock.now()
  const { holder, transitions } = readLease(lease)
  const isRenewal = holder === identity
  const spec = heldSpec({
    identity,
    durationMs: leaseDurationMs,
    now: since,
    transitions: isRenewal ? transitions : transitions + 1,
    isRenewal,
  })
  const { resourceVersion } = lease.metadata
  observed.see(await client.patch(leases, { ...where, resourceVersion }, { spec }, signal))
  return { held: true, since }
}
