import type { Instant } from '../clock/clock.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import { isRecord } from '../client/read-object.ts'
import type { KubeObject, Resource } from '../client/resource.ts'

export const leases: Resource = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
}

/**
 * The contents of a Lease. Its times are left out: they come from the clock of the process that wrote them, and are
 * only for people.
 */
export interface LeaseRecord {
  /** '' if nobody holds it. */
  readonly holder: string
  readonly durationMs: number
  readonly transitions: number
}

/** Reads a Lease. Missing fields become '' or 0. */
export function readLease(lease: KubeObject & { readonly spec?: unknown }): LeaseRecord {
  const { holderIdentity, leaseDurationSeconds, leaseTransitions } = isRecord(lease.spec) ? lease.spec : {}
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationMs: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds * 1_000 : 0,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
  }
}

/** Returns the spec of a Lease newly taken, or renewed (as a merge patch, which leaves acquireTime as it is). */
export function heldSpec(options: {
  readonly identity: string
  readonly durationMs: number
  readonly now: Instant
  readonly transitions: number
  readonly isRenewal: boolean
}): object {
  const { identity, durationMs, now, transitions, isRenewal } = options
  const time = toMicroTime(now)
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationMs / 1_000,
    leaseTransitions: transitions,
    ...(!isRenewal && { acquireTime: time }),
    renewTime: time,
  }
}

/**
 * Returns the spec, as a merge patch, of a Lease given back: it has no holder, so the next candidate to look takes it.
 * An empty holder would be refused.
 */
export function releasedSpec(now: Instant): object {
  return { holderIdentity: null, leaseDurationSeconds: 1, renewTime: toMicroTime(now) }
}
