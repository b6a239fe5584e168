import type { UserInfo } from '../../api/review/admission-review.ts'
import type { Instant } from '../../api/duration.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { AccessPass } from '../../api/kinds/access-pass.ts'
import type { AccessRecord } from '../../api/kinds/access-record.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { Pod } from '../../api/pod.ts'
import type { ApprovalPolicy } from '../approval/approval.ts'
import type { PodEntry } from './entry.ts'
import type { Owner } from '../pod/owner-chain.ts'

/** The objects that the gate read for one entry. All are live, and none is from a cache. */
export interface AccessSnapshot {
  readonly pod: Pod | undefined
  /** The controller of the pod, and the controllers of that. Empty if the pass lists no request under a template. */
  readonly controllers: readonly Owner[]
  readonly pass: AccessPass | undefined
  /** The requests that the pass lists, by name. Undefined if a request no longer exists. */
  readonly requests: ReadonlyMap<string, AccessRequest | undefined>
  /** The request that ended last, if the pass lists no other. */
  readonly lastEnded?: AccessRequest | undefined
  readonly grants: ReadonlyMap<string, AccessGrant | undefined>
  /** The templates, by templateKey. */
  readonly templates: ReadonlyMap<string, AnyTemplate | undefined>
  /** The record of the debug container that the user tries to attach to. */
  readonly debug?: AccessRecord | undefined
}

/** The entry that a user tries, the time, and what the config says about approvals. */
export interface EntryAttempt {
  readonly entry: PodEntry
  readonly user: UserInfo
  readonly now: Instant
  /** The earliest time it may be now, if the clock is in doubt. An access begins by this. It ends by `now`. */
  readonly earliest?: Instant
  readonly approval: ApprovalPolicy
  /** `once` requests that turned out to be used. The time of the use by uid, or undefined if it could not be read. */
  readonly used?: ReadonlyMap<string, string | undefined>
}
