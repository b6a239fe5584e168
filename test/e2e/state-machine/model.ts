import type { Instant, Milliseconds } from '../../../src/api/duration.ts'
import type { Phase } from '../../../src/api/kinds/access-request-status.ts'

/**
 * The requestors. By standing RBAC alice may exec, so that only the gate stops her. The other, bob, may exec only by
 * minted RBAC, and he also grants.
 */
export const askers = ['alice', 'bob'] as const
export const approvers = ['bob', 'carol'] as const
/** mallory never asks. She may exec by standing RBAC and patch requests. */
export const users = ['alice', 'bob', 'mallory'] as const
export const pods = ['web-0', 'web-1'] as const
export const commands = [['id'], ['ls', '-l']] as const

type Asker = (typeof askers)[number]
type Approver = (typeof approvers)[number]
export type User = (typeof users)[number]
export type PodName = (typeof pods)[number]
export type Command = (typeof commands)[number]

/** A verdict that stands: it was accepted and was not deleted. */
export interface ModelVerdict {
  readonly grant: string
  readonly by: Approver
  readonly verdict: 'Approved' | 'Denied'
  readonly durationMs: Milliseconds
  /** The time by the clock of the replicas. */
  readonly givenAt: Instant
}

export interface ModelRequest {
  readonly name: string
  readonly uid: string
  readonly user: Asker
  readonly pod: PodName
  /** The command. If left out, any command. */
  readonly command?: Command
  readonly once: boolean
  readonly durationMs: Milliseconds
  state: 'waiting' | 'granted' | 'ended'
  /** The target, learned once the controller has looked. Its pod never changes after that. */
  target?: { readonly podUID: string; readonly digest: string }
  /** The verdict that counted, and the end of the access. */
  approval?: { readonly grant: string; readonly expiresAt: Instant }
  /** The phases for all that has happened that ends it. It may get any of them, and must get one. */
  readonly ends: Set<Phase>
  readonly verdicts: ModelVerdict[]
  usedAt?: Instant
  /** The command of its one use. */
  usedFor?: Command
  /** True if the same call was let in once more. */
  isRetried?: boolean
}

/** The facts that must be true of the cluster after the steps so far. */
export interface Model {
  readonly requests: Map<string, ModelRequest>
  /** The uid of the pod that has the name now. */
  readonly pods: Map<PodName, string>
  /** The uids of deleted requests. */
  readonly deleted: Set<string>
  /** Uses of `once` requests so far and their retries, by the names of their records. */
  readonly used: Set<string>
  /** The difference between the replicas' time of day and ours. */
  offsetMs: Milliseconds
  /** All differences so far, also in earlier rounds: a replica may doubt for a while that its clock was set rightly. */
  readonly offsets: Set<Milliseconds>
  /** True if no controller runs: the replicas serve the webhooks, and somebody else holds the Lease. */
  paused: boolean
}

/** Returns the time by the clock of the replicas. */
export function clockOf({ offsetMs }: Model): Instant {
  return Date.now() + offsetMs
}

/** Returns the latest time it may be. By it an access may have ended, even if not by `clockOf`. */
export function latestOf({ offsets }: Model): Instant {
  return Date.now() + Math.max(...offsets)
}

/** Returns the earliest time at which the last action may have been done. */
export function earliestOf({ offsets }: Model): Instant {
  return Date.now() + Math.min(...offsets)
}

export function requestsOf(model: Model, state?: ModelRequest['state']): readonly ModelRequest[] {
  const all = [...model.requests.values()]
  return state === undefined ? all : all.filter((request) => request.state === state)
}
