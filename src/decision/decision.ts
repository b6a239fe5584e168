import { codes, type DenyCode } from './codes.ts'

export interface Allow {
  readonly verdict: 'allow'
  readonly code: AllowCode
  /** Why it was let in, for the record. */
  readonly why: string
  /** Observe only: the denial that was not enforced. */
  readonly would?: Deny
}

export interface Deny {
  readonly verdict: 'deny'
  readonly code: DenyCode
  /** HTTP code that the API server gives the user. */
  readonly status: 400 | 403 | 422 | 500
  /** All that the user reads: `kubectl exec` shows no warnings. */
  readonly message: string
}

export type Decision = Allow | Deny

export type AllowCode = 'EXEMPT' | 'NODE_PATH_ALLOWED' | 'OBSERVED'

export function allowed(code: AllowCode, why: string): Allow {
  return { verdict: 'allow', code, why }
}

/** @param what a clause without full stop; @param remedy what the user can do, as sentences */
export function denied(code: DenyCode, what: string, remedy: string = codes[code].remedy): Deny {
  return { verdict: 'deny', code, status: codes[code].status, message: `${what} (${code}). ${remedy}` }
}
