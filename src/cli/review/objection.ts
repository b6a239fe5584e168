import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { objectionTo, type ApprovalPolicy } from '../../decision/approval/approval.ts'
import { standingApprovals } from '../../decision/approval/standing-approvals.ts'
import { isReviewAwaited } from '../../decision/challenge/peer-review.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import { quoted, say } from '../../decision/text/sentence.ts'
import { timeOfDay } from '../output/time-of-day.ts'
import type { Looked } from './look.ts'

/** The most lenient config. Only the server knows its own, and it may refuse more. */
export const wouldCountAs: ApprovalPolicy = {
  requireDigest: false,
  direct: { allow: true, reason: { required: false } },
}

/** Says in sentences why an approval by the user would change nothing. Undefined if it may count. */
export function whyNotApprove(looked: Looked, now = Date.now()): string | undefined {
  return whyNobodyApproves(looked, now) ?? whyNotMine(looked, now)
}

/** Says why nobody can approve the request now. */
function whyNobodyApproves({ request, template }: Looked, now: number): string | undefined {
  if (isFinished(request)) return `Nothing is left to approve: ${whatHasEnded(request)}.`
  if (isGranted(request.status)) return `${whatIsGranted(request, now)} Nothing is left to approve.`
  return whyNotYet(request) ?? whyNotByPeople(request, template)
}

function whatHasEnded({ metadata, status }: AccessRequest): string {
  const why = status?.message === undefined ? '' : `: ${quoted(status.message)}`
  return say`request ${metadata.name} has ended (${status?.phase ?? 'being deleted'})` + why
}

function whyNotYet({ metadata, status }: AccessRequest): string | undefined {
  if (status?.digest !== undefined) return undefined
  return (
    say`Request ${metadata.name} cannot be approved yet: ` +
    `${quoted(status?.message ?? 'its pod is being looked up')}.`
  )
}

/** The request waits for a validator or an hour. Nobody can tell without the template. */
function whyNotByPeople({ metadata, status }: AccessRequest, template: Looked['template']): string | undefined {
  const { awaits } = status ?? {}
  if (!template || awaits === undefined || isReviewAwaited(template.spec.challenges ?? [], awaits)) return undefined
  return say`There is nothing for you to do: request ${metadata.name} waits for ${awaits}, and not for an approver.`
}

/** Says until when the access is, that was approved already. */
function whatIsGranted({ metadata, spec, status }: AccessRequest, now: number): string {
  const end = fromMicroTime(status?.expiresAt ?? '')
  const until = end === undefined ? '' : `, until ${timeOfDay(end, now)}`
  if (status?.phase === 'Active') return say`Request ${metadata.name} is active already` + `${until}.`
  const begins = status?.phase === 'Scheduled' ? say`; its access begins at ${spec.startAt ?? ''}` : ''
  return say`Request ${metadata.name} is approved already` + `${begins}${until}.`
}

/** Says why this user cannot approve it. The rules are those of the server. */
function whyNotMine({ request, template, grants, me, mayGrant }: Looked, now: number): string | undefined {
  const { namespace } = request.metadata
  if (!mayGrant) {
    return say`You (${me.username}) may not decide requests in namespace ${namespace}: that takes the ClusterRole sallyport-approver there.`
  }
  // Nobody can tell who the reviewers are.
  if (request.spec.templateRef && !template) return undefined
  const approvals = standingApprovals(grants, request, template, wouldCountAs)
  const mine = approvals.some(({ by }) => by.username === me.username)
  if (mine) return say`You have approved it already. Still missing: ${request.status?.awaits ?? 'nothing'}.`
  const objection = objectionTo(
    { verdict: 'Approved', digest: request.status?.digest, by: me },
    { request, template, already: { approvals, now } },
    wouldCountAs,
  )
  return objection && `You may not approve it: ${objection.message}`
}
