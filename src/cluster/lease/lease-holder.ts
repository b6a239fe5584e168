import { isDeepStrictEqual } from 'node:util'
import { isConflict, isNotFound } from '../client/api-error.ts'
import type { Client } from '../client/client.ts'
import type { Clock, Instant } from '../clock/clock.ts'
import { heldSpec, leases, readLease, releasedSpec } from './lease-record.ts'
import type { KubeObject } from '../client/resource.ts'

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

function specOf(lease: KubeObject & { readonly spec?: unknown }): unknown {
  return lease.spec
}

/**
 * After client-go's leader election. Clocks of two machines are never compared: a candidate counts from the moment at which it saw the
 * Lease change, so however wrong its clock is, only how fast it runs matters. That two write at once, the resourceVersion prevents.
 */
export function createLeaseHolder(options: LeaseOptions): LeaseHolder {
  const { client, clock, namespace, name, identity, leaseDurationMs, onSeen } = options
  const where = { namespace, name }
  let observed: { readonly lease: KubeObject; readonly at: Instant } | undefined

  function observe(lease: KubeObject): Instant {
    const last = observed
    if (last && last.lease.metadata.resourceVersion === lease.metadata.resourceVersion) return last.at
    // By its spec alone, as client-go has it: an annotation is no renewal, and must not keep a dead leader in office.
    const isRenewal = !last || !isDeepStrictEqual(specOf(last.lease), specOf(lease))
    observed = { lease, at: isRenewal ? clock.now() : last.at }
    onSeen?.(lease)
    return observed.at
  }

  async function create(signal: AbortSignal): Promise<Attempt> {
    const since = clock.now()
    const spec = heldSpec({ identity, durationMs: leaseDurationMs, now: since, transitions: 0, isRenewal: false })
    const { apiVersion, kind } = leases
    observe(await client.create(leases, { apiVersion, kind, metadata: where, spec }, signal))
    return { held: true, since }
  }

  async function write(lease: KubeObject, signal: AbortSignal): Promise<Attempt> {
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
    observe(await client.patch(leases, { ...where, resourceVersion }, { spec }, signal))
    return { held: true, since }
  }

  async function acquire(signal: AbortSignal): Promise<Attempt> {
    const lease = await client.get(leases, where, signal)
    if (lease === undefined) return create(signal)
    const seenAt = observe(lease)
    const { holder, durationMs } = readLease(lease)
    // How long to wait is for the holder to say: it may have been configured otherwise than we are.
    const freeAt = seenAt + (durationMs || leaseDurationMs)
    const isTaken = holder !== '' && holder !== identity && freeAt > clock.now()
    return isTaken ? { held: false, freeAt } : write(lease, signal)
  }

  return {
    acquire,
    async renew(signal) {
      // Without a look first: nobody else writes it while we hold it, as a rule.
      if (observed !== undefined) {
        try {
          return await write(observed.lease, signal)
        } catch (error) {
          if (!isConflict(error) && !isNotFound(error)) throw error
        }
      }
      const lease = await client.get(leases, where, signal)
      if (lease !== undefined && readLease(lease).holder !== identity) return { held: false, freeAt: Infinity }
      // Ours: somebody edited it, or an earlier write had come through although its answer did not.
      return lease === undefined ? create(signal) : write(lease, signal)
    },
    async release() {
      const lease = await client.get(leases, where)
      if (lease === undefined || readLease(lease).holder !== identity) return
      const { resourceVersion } = lease.metadata
      await client.patch(leases, { ...where, resourceVersion }, { spec: releasedSpec(clock.now()) })
    },
  }
}
