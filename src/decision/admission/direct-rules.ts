import { parseDuration } from '../../api/duration.ts'
import type { DirectPolicy } from '../../api/config/direct-config.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import type { Challenge } from '../../api/kinds/challenge.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import { denied, type Deny } from '../decision.ts'
import { isServiceAccount } from '../subject.ts'
import { durationText } from '../template.ts'
import { say } from '../text/sentence.ts'
import { reasonProblem } from './reason-rule.ts'

/** A request without a template, as the rules for it look at it. */
interface AskedDirectly {
  readonly spec: AccessRequestSpec
  readonly requestor: Pick<Identity, 'username'>
  readonly namespace: string
}

/** Says why a request without a template may not be made; undefined where it may. */
export function objectionToDirect(asked: AskedDirectly, direct: DirectPolicy): Deny | undefined {
  const { spec, requestor, namespace } = asked
  if (isServiceAccount(requestor)) return accountAsks(requestor)
  const why = whyForbidden(spec, direct) ?? whyWithoutReason(spec, direct)
  if (why === undefined) return undefined
  const remedy = direct.allow ? 'Change that, or ask under a template.' : 'Ask under a template.'
  const offers = say`See what is offered: kubectl get accesstemplates,clusteraccesstemplates -n ${namespace}`
  return denied('E_REQUEST_DIRECT', why, `${remedy} ${offers}`)
}

/**
 * A person who may make a token of a service account could ask as the account, and then approve the request as themselves. A
 * template that names the account allows that.
 */
function accountAsks({ username }: AskedDirectly['requestor']): Deny {
  const what = say`${username} is a service account, and may only ask under a template`
  return denied('E_REQUEST_SERVICE_ACCOUNT', what)
}

/**
 * Says why the config forbids a request without a template; undefined where it does not, or the request names a template. The gate
 * asks this at each use, so that an access ends when the config forbids it.
 */
export function whyForbidden(spec: AccessRequestSpec, { allow, maxDuration }: DirectPolicy): string | undefined {
  const { templateRef, duration } = spec
  if (templateRef) return undefined
  if (!allow) return 'Sallyport takes no request without a template here'
  if (maxDuration === undefined || duration === undefined || !isLonger(duration, maxDuration)) return undefined
  return say`Sallyport takes a request without a template for at most ${maxDuration}, and spec.duration is ${duration}`
}

function isLonger(duration: string, max: string): boolean {
  return (parseDuration(duration) ?? Infinity) > (parseDuration(max) ?? 0)
}

function whyWithoutReason(spec: AccessRequestSpec, { reason: demanded }: DirectPolicy): string | undefined {
  const problem = reasonProblem(spec.reason, demanded)
  if (!problem) return undefined
  const { is, pattern } = problem
  if (is === 'other') return say`spec.reason does not match ${pattern}, as a request without a template must`
  const like = pattern === undefined ? '' : say` that matches ${pattern}`
  return `Sallyport takes a request without a template only with a reason in spec.reason${like}`
}

/** Returns for how long a request asks. Without a template it is at most as long as the config gives. */
export function boundedDuration(
  spec: AccessRequestSpec,
  template: AnyTemplate | undefined,
  { maxDuration }: DirectPolicy,
): string {
  const asked = durationText(spec, template)
  return !spec.templateRef && maxDuration !== undefined && isLonger(asked, maxDuration) ? maxDuration : asked
}

/** Returns what a request must meet: the challenges of its template; without one, the word of a reviewer that the config names. */
export function challengesOf(
  { spec: { templateRef } }: Pick<AccessRequest, 'spec'>,
  template: AnyTemplate | undefined,
  { reviewers }: DirectPolicy,
): readonly Challenge[] {
  if (templateRef) return template?.spec.challenges ?? []
  return reviewers ? [{ peerReview: { count: 1, reviewers } }] : []
}
