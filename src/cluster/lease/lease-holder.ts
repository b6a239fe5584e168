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
  /** Of the Lease. */
  readonly name: string
  /** Unlike any other candidate's, also that of an earlier process of this pod. */
  readonly identity: string
  readonly leaseDurationMs: number
  /** Is shown the Lease whenever it has changed, also where another has changed it. */
  readonly onSeen?: (lease: KubeObject) => void
}

/** `since`: a moment of our clock before the API server can have written it; others count from a later one. */
type Attempt =
  | { readonly held: true; readonly since: Instant }
  /** `freeAt`: when we may take it, unless its holder renews it before. */
  | { readonly held: false; readonly freeAt: Instant }

/** One candidate's dealings with the Lease. Each rejects with KubeApiError. */
export interface LeaseHolder {
  /** Takes the lease if it is nobody's, ours, or of one that we have not heard of for as long as it had asked for. */
  acquire(signal: AbortSignal): Promise<Attempt>
  /** Renews it; `held: false` where it is another's now. Never takes it from another. */
  renew(signal: AbortSignal): Promise<Attempt>
  /** Gives it back, if it is ours still. */
  release(): Promise<void>
}

/**
 * After client-go's leader election. Clocks of two machines are never compared: a candidate counts from the moment at which it saw the
 * Lease change, so however wrong its clock is, only how fast it runs matters. That two write at once, the resourceVersion prevents.
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
      // Without a look first: nobody else writes it while we hold it, as a rule.
      if (observed.last !== undefined) {
        try {
          return await write(candidate, observed.last, signal)
        } catch (error) {
          if (!isConflict(error) && !isNotFound(error)) throw error
        }
      }
      const lease = await client.get(leases, where, signal)
      if (lease !== undefined && readLease(lease).holder !== identity) return { held: false, freeAt: Infinity }
      // Ours: somebody edited it, or an earlier write had come through although its answer did not.
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
  /** Where the Lease is. */
  readonly where: { readonly namespace: string; readonly name: string }
  readonly observed: ObservedLease
}

async function acquire(candidate: HoldingCandidate, signal: AbortSignal): Promise<Attempt> {
  const { client, clock, where, observed, identity, leaseDurationMs } = candidate
  const lease = await client.get(leases, where, signal)
  if (lease === undefined) return create(candidate, signal)
  const seenAt = observed.see(lease)
  const { holder, durationMs } = readLease(lease)
  // How long to wait is for the holder to say: it may have been configured otherwise than we are.
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
