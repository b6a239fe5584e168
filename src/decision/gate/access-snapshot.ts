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

/** What the gate read for one entry: all live, nothing from a cache. */
export interface AccessSnapshot {
  readonly pod: Pod | undefined
  /** What controls the pod, and what controls that; none where no request under a template is listed. */
  readonly controllers: readonly Owner[]
  readonly pass: AccessPass | undefined
  /** Those that the pass lists, by name; undefined where there is none any more. */
  readonly requests: ReadonlyMap<string, AccessRequest | undefined>
  readonly grants: ReadonlyMap<string, AccessGrant | undefined>
  /** By templateKey. */
  readonly templates: ReadonlyMap<string, AnyTemplate | undefined>
  /** Of the debug container that is tried to be attached to. */
  readonly debug?: AccessRecord | undefined
}

/** What was tried, by whom and when, and what the config says of approvals. */
export interface EntryAttempt {
  readonly entry: PodEntry
  readonly user: UserInfo
  readonly now: Instant
  /** By which an access begins, where the time of day is in doubt: not later than `now`. */
  readonly earliest?: Instant
  readonly approval: ApprovalPolicy
  /** `once` requests whose one use turned out to be made: by uid, when; undefined where that could not be read. */
  readonly used?: ReadonlyMap<string, string | undefined>
}
