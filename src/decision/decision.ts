import type { Identity } from '../api/kinds/identity.ts'
import { codes, type DenyCode } from './text/codes.ts'

export interface Allow {
  readonly verdict: 'allow'
  readonly code: AllowCode
  /** The reason why it was let in, for the record. */
  readonly why: string
  /** The denial that was not enforced. Only under Observe. */
  readonly would?: Deny
  /** Changes that a mutating webhook makes to the object. */
  readonly patch?: readonly PatchOp[]
  /** The access that let it in. */
  readonly access?: AccessUsed
  readonly requestor?: Requestor | undefined
}

export interface Deny {
  readonly verdict: 'deny'
  readonly code: DenyCode
  /** HTTP code that the API server gives the user. */
  readonly status: 400 | 403 | 422 | 500
  /** All that the user reads: `kubectl exec` shows no warnings. */
  readonly message: string
  /** The pod that was tried, if the gate looked at it. */
  readonly seen?: SeenPod
  readonly requestor?: Requestor | undefined
}

/** The person who made the request that somebody gives a verdict on, for the record. */
type Requestor = Pick<Identity, 'username' | 'groups'>

/** A pod as it was when the gate denied a way into it. */
export interface SeenPod {
  readonly podUID: string
  readonly container?: string
  readonly image?: string
  readonly node?: string
}

export type Decision = Allow | Deny

export type AllowCode =
  | 'ACCESS'
  | 'BREAK_GLASS'
  | 'EXEMPT'
  | 'LEFT_TO_POLICY'
  | 'NODE_PATH_ALLOWED'
  | 'OBSERVED'
  | 'REHEARSED'
  | 'STAMPED'
  | 'TOLD'
  | 'UNDO'

/** RFC 6902. */
export type PatchOp =
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }

export interface AccessUsed {
  readonly request: { readonly namespace: string; readonly name: string; readonly uid: string }
  readonly grants: readonly { readonly name: string; readonly uid: string; readonly grantedBy: string }[]
  readonly podUID: string
  readonly container: string
  readonly image: string
  /** The digest that was approved. */
  readonly digest?: string
  readonly expiresAt: string
  /** It is for one use. The AccessRecord of this use must be created before the user is let in. */
  readonly once: boolean
}

export function allowed(code: AllowCode, why: string, more: Pick<Allow, 'patch' | 'access'> = {}): Allow {
  return { verdict: 'allow', code, why, ...more }
}

/**
 * @param what A clause without full stop.
 * @param remedy Sentences that say what the user can do.
 */
export function denied(code: DenyCode, what: string, remedy: string = codes[code].remedy): Deny {
  return { verdict: 'deny', code, status: codes[code].status, message: `${what} (${code}). ${remedy}` }
}
