import type { Review } from '../../api/review/admission-review.ts'
import type { AuditCut, logins } from '../../api/audit-event.ts'
import type { Proof } from '../../api/review/review-call.ts'
import type { AccessUsed, Decision, Deny } from '../../decision/decision.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'
import { codes } from '../../decision/text/codes.ts'
import { hasLoginProof, type IdentityPolicy } from '../../decision/identity.ts'
import type { Decided } from '../../decision/webhook.ts'
import { entryOf, type Entry } from '../../decision/gate/entry.ts'
import type { Redactor } from './redact.ts'
import { toldArgv, type ToldArgv } from './told-argv.ts'
import { toldReview, type ToldReview } from './told-review.ts'

/** A decision as it is recorded: the user, what they tried, and the result. */
export interface DecisionEvent extends Omit<ToldReview, 'cut'> {
  readonly id: string
  readonly uid: string
  /** The proofs that the caller gave of being the API server. */
  readonly caller: readonly Proof[]
  /** `direct` if the review shows that the user is logged in directly. */
  readonly login?: (typeof logins)[number]
  readonly webhook: string
  readonly verdict: 'allow' | 'deny'
  readonly code: string
  /** The reason for an allow, or the text that the user was given. */
  readonly message: string
  /** The code of the denial that observe mode did not enforce. */
  readonly would?: string | undefined
  /** The access that let the user in. */
  readonly access?: AccessUsed | undefined
  readonly operation?: string | undefined
  readonly dryRun?: true
  /** True if a template offers something else than before. */
  readonly isChange?: boolean
  readonly command?: readonly string[] | undefined
  /** The SHA-256 of the JSON list of all its words, if some were cut. */
  readonly commandHash?: string | undefined
  /** The parts of it that were too long. */
  readonly cut?: readonly AuditCut[]
  /** The number of the same denials within a moment, and the ids of the repetitions. */
  readonly attempts?: number
  readonly otherIds?: readonly string[]
  /** Set if its event is kept already. */
  readonly isKept?: true
  /** The event of an allow that was recorded, or may be, and then not given. */
  readonly reverses?: string
  readonly durationMs: number
}

/** The rules of the config for telling decisions. */
export interface EventOptions {
  readonly redactor: Redactor
  readonly identity: Pick<IdentityPolicy, 'proofKeys'>
}

export function decisionEvent(decided: Decided, { redactor, identity }: EventOptions): DecisionEvent {
  const { id, caller, webhook, uid, review, decision, durationMs } = decided
  const { isRedacted, ...told } = review ? toldOf(review, decision, redactor) : { isRedacted: false }
  const isTellable = !isRedacted && redactor.isTellable(messageOf(decision))
  return {
    id,
    uid,
    caller,
    ...(review && { login: hasLoginProof(review.userInfo, identity) ? 'direct' : 'unproven' }),
    webhook,
    verdict: decision.verdict,
    code: decision.code,
    message: isTellable ? messageOf(decision) : withoutQuotes(decision),
    ...(decision.verdict === 'allow' && { would: decision.would?.code, access: decision.access }),
    ...told,
    durationMs,
  }
}

/**
 * Returns the fields of a decision for the log. The wish of a requestor, and the words of an approver, are only in the
 * audit event with the same id.
 */
export function loggedFields({ about, ...event }: DecisionEvent): object {
  if (!about) return event
  const { asked: _asked, verdict: _verdict, ...others } = about
  return { ...event, about: others }
}

/** Returns the told parts of the review itself. `isRedacted` is true if something of its argv was redacted. */
function toldOf(
  review: Review,
  decision: Decision,
  redactor: Redactor,
): Partial<DecisionEvent> & { readonly isRedacted: boolean } {
  const read = entryOf(review)
  const entry = read.ok ? read.value : undefined
  const { isRedacted = false, cut: ofArgv, ...argv } = argvOf(entry, redactor) ?? {}
  const { cut: ofReview, ...told } = toldReview(review, entry, { decision, redactor })
  const cut = ofArgv ? [ofArgv, ...ofReview] : ofReview
  return { ...factsOf(review), ...told, ...argv, ...(cut.length > 0 && { cut }), isRedacted }
}

function argvOf(entry: Entry | undefined, redactor: Redactor): ToldArgv | undefined {
  return entry?.way === 'pods/exec' ? toldArgv(entry.command, redactor, 'data.tried.command') : undefined
}

function factsOf({ operation, resource, object, oldObject, dryRun }: Review): Partial<DecisionEvent> {
  return {
    operation,
    ...(dryRun && { dryRun: true }),
    ...(resource.resource.endsWith('templates') && { isChange: offered(object) !== offered(oldObject) }),
  }
}

function offered(template: unknown): string | undefined {
  const spec = typeof template === 'object' && template !== null && 'spec' in template ? template.spec : undefined
  // A user who applies the file again is not its author.
  return typeof spec === 'object' ? canonicalJson({ ...spec, author: undefined }) : undefined
}

function denialOf(decision: Decision): Deny | undefined {
  return decision.verdict === 'deny' ? decision : decision.would
}

function messageOf(decision: Decision): string {
  if (decision.verdict === 'deny') return decision.message
  return decision.would?.message ?? decision.why
}

/**
 * Returns a text without the words of the user. A denial quotes the command that it suggests: if a word of it is
 * withheld, the text cannot be told.
 */
function withoutQuotes(decision: Decision): string {
  const denial = denialOf(decision)
  return denial ? `${codes[denial.code].meaning} (${denial.code})` : messageOf(decision)
}
