import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { denied, type Deny } from '../decision.ts'
import { isTakenUp } from '../phase.ts'
import { say } from '../text/sentence.ts'

/** A request as far as limits are concerned: one that is being made has no status yet. */
type LimitedRequest = Pick<AccessRequest, 'spec'>

/**
 * Why a template has no room for one more request; undefined where it has.
 * @param others the unfinished requests under this template that are before it
 */
export function objectionToOneMore(
  { spec }: LimitedRequest,
  { kind, metadata, spec: { limits = {} } }: AnyTemplate,
  others: readonly AccessRequest[],
): Deny | undefined {
  const { perUser = Infinity, total = Infinity } = limits
  const name = say`${kind} ${metadata.name}`
  const own = others.filter((one) => one.spec.requestor?.username === spec.requestor?.username)
  if (own.length >= perUser) {
    return denied(
      'E_TEMPLATE_LIMIT',
      `${name} lets one user have ${requests(perUser)} at a time, and you have ${listed(own)}`,
    )
  }
  if (others.length < total) return undefined
  return denied('E_TEMPLATE_LIMIT', `${name} allows ${requests(total)} at a time, and there are ${listed(others)}`)
}

/**
 * Why somebody may have no unfinished request more in a namespace; undefined where they may. It is asked once of each request, when it is first
 * looked at: the number may be set lower later, and what waits goes on.
 * @param own the unfinished requests of the same user in its namespace that are before it
 */
export function objectionToOneMoreOwn(own: readonly AccessRequest[], maxUnfinished: number): Deny | undefined {
  if (own.length < maxUnfinished) return undefined
  return denied(
    'E_REQUEST_LIMIT',
    `one person may have ${requests(maxUnfinished)} in a namespace, and you have ${listed(own)}`,
  )
}

function requests(count: number): string {
  return count === 1 ? '1 unfinished request' : `${count} unfinished requests`
}

// More are a list that nobody reads.
const shown = 5

function listed(inTheWay: readonly AccessRequest[]): string {
  const names = inTheWay
    .slice(0, shown)
    .map(({ metadata, spec }) => say`${metadata.namespace}/${metadata.name} of ${spec.requestor?.username ?? ''}`)
  const more = inTheWay.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/**
 * Whether `one` is before `other` where both are unfinished: the older, and of two of the same second the one that comes first by its name.
 * One that was taken up already has its place, whatever their order.
 */
export function isBefore(one: AccessRequest, other: AccessRequest): boolean {
  return isTakenUp(one) || order(one) < order(other)
}

/**
 * Whether `one` is before `other`, which nobody has looked at yet, among the unfinished requests of their user. What was looked at keeps its
 * place, whatever its name is.
 */
export function isBeforeNew(one: AccessRequest, other: AccessRequest): boolean {
  return one.status?.phase !== undefined || order(one) < order(other)
}

function order({ metadata }: AccessRequest): string {
  return `${metadata.creationTimestamp} ${metadata.namespace}/${metadata.name}`
}
