import type { Instant, Milliseconds } from '../../../src/api/duration.ts'
import type { Phase } from '../../../src/api/kinds/access-request-status.ts'

/** alice may exec by standing RBAC, so that the gate alone stops her; bob only by what is minted for him, and he grants, too. */
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

/** A verdict that stands: it was accepted and nobody has deleted it. */
export interface ModelVerdict {
  readonly grant: string
  readonly by: Approver
  readonly verdict: 'Approved' | 'Denied'
  readonly durationMs: Milliseconds
  /** By the clock of the replicas. */
  readonly givenAt: Instant
}

export interface ModelRequest {
  readonly name: string
  readonly uid: string
  readonly user: Asker
  readonly pod: PodName
  /** Left out: any. */
  readonly command?: Command
  readonly once: boolean
  readonly durationMs: Milliseconds
  state: 'waiting' | 'granted' | 'ended'
  /** Learned once the controller has looked. Which pod it is for never changes after. */
  target?: { readonly podUID: string; readonly digest: string }
  /** The verdict that counted, and until when. */
  approval?: { readonly grant: string; readonly expiresAt: Instant }
  /** What has happened that ends it: any of these its phase may become, and it must become one. */
  readonly ends: Set<Phase>
  readonly verdicts: ModelVerdict[]
  usedAt?: Instant
  /** Of its one use. */
  usedFor?: Command
  /** The same call was let in once more. */
  isRetried?: boolean
}

/** What must be true of the cluster, as far as the steps so far say. */
export interface Model {
  readonly requests: Map<string, ModelRequest>
  /** The uid of the pod that has the name now. */
  readonly pods: Map<PodName, string>
  /** Requests that were deleted. */
  readonly deleted: Set<string>
  /** Uses of `once` requests so far and their retries, by the names of their records. */
  readonly used: Set<string>
  /** How far the time of day of the replicas is from ours. */
  offsetMs: Milliseconds
  /** And how far it ever was, also in rounds before: a replica may doubt for a while that it was set rightly. */
  readonly offsets: Set<Milliseconds>
  /** Nobody reconciles: the replicas serve the webhooks, and somebody else holds the Lease. */
  paused: boolean
}

/** The time by the clock of the replicas. */
export function clockOf({ offsetMs }: Model): Instant {
  return Date.now() + offsetMs
}

/** By this an access may have ended, if not by `clockOf`. */
export function latestOf({ offsets }: Model): Instant {
  return Date.now() + Math.max(...offsets)
}

/** By this what was just done was done at the earliest. */
export function earliestOf({ offsets }: Model): Instant {
  return Date.now() + Math.min(...offsets)
}

export function requestsOf(model: Model, state?: ModelRequest['state']): readonly ModelRequest[] {
  const all = [...model.requests.values()]
  return state === undefined ? all : all.filter((request) => request.state === state)
}
