import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { denied, type Deny } from '../decision.ts'
import { isTakenUp } from '../phase.ts'
import { say } from '../text/sentence.ts'

/** The part of a request that limits need. A request that is being made has no status yet. */
type LimitedRequest = Pick<AccessRequest, 'spec'>

/**
 * Denies one more request if its template has no room for it. Undefined if it has.
 * @param others The unfinished requests under this template that are before it.
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
      `${name} lets one user have ${requests(perUser)} at a time, and you already have ${listed(own)}`,
    )
  }
  if (others.length < total) return undefined
  return denied('E_TEMPLATE_LIMIT', `${name} allows ${requests(total)} at a time, and there are ${listed(others)}`)
}

/**
 * Denies a user one more unfinished request in a namespace. Undefined if they may have it. It is asked once for each
 * request, at the first look at it. The number may be set lower later, and then requests that wait go on.
 * @param own The unfinished requests of the same user in its namespace that are before it.
 */
export function objectionToOneMoreOwn(own: readonly AccessRequest[], maxUnfinished: number): Deny | undefined {
  if (own.length < maxUnfinished) return undefined
  return denied(
    'E_REQUEST_LIMIT',
    `one person may have ${requests(maxUnfinished)} in a namespace, and you already have ${listed(own)}`,
  )
}

function requests(count: number): string {
  return count === 1 ? '1 unfinished request' : `${count} unfinished requests`
}

// Nobody reads a longer list.
const shown = 5

function listed(inTheWay: readonly AccessRequest[]): string {
  const names = inTheWay
    .slice(0, shown)
    .map(({ metadata, spec }) => say`${metadata.namespace}/${metadata.name} of ${spec.requestor?.username ?? ''}`)
  const more = inTheWay.length - names.length
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/**
 * True if `one` is before `other`. Both are unfinished. The older request is before the other. If both are of the same
 * second, the first by name is. A request that was taken up already has its place, in any order.
 */
export function isBefore(one: AccessRequest, other: AccessRequest): boolean {
  return isTakenUp(one) || order(one) < order(other)
}

/**
 * True if `one` is before `other` among the unfinished requests of their user. Nobody has looked at `other` yet. A
 * request that was looked at keeps its place, with any name.
 */
export function isBeforeNew(one: AccessRequest, other: AccessRequest): boolean {
  return one.status?.phase !== undefined || order(one) < order(other)
}

function order({ metadata }: AccessRequest): string {
  return `${metadata.creationTimestamp} ${metadata.namespace}/${metadata.name}`
}
