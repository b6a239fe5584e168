import type { Instant } from '../../api/duration.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { sessionStartMs } from '../../decision/gate/use.ts'
import { cut } from '../../api/printable.ts'
import { withCondition } from './conditions.ts'
import { finish } from './finish.ts'
import type { Manifest } from '../../api/manifest.ts'
import type { GrantedFacts, GrantFacts, RequestFacts } from './request-facts.ts'
import { maxMessage, type Plan } from './request-plan.ts'
import { say, toldByOthers } from '../../decision/text/sentence.ts'

/** The facts that the status of an approved request holds. */
export interface Granted {
  readonly requestor: string
  readonly begins: Instant
  readonly expires: Instant
  /** The time at which a request for one use ends after that use. Infinity if it was not used. */
  readonly completes: Instant
}

/** The same facts of a request that is about a pod. */
export interface GrantedPod extends Granted {
  readonly target: Target
}

export function grantedOf({ request: { spec, status }, usedAt }: GrantedFacts): Granted | undefined {
  if (status?.expiresAt === undefined || !spec.requestor) return undefined
  return {
    requestor: spec.requestor.username,
    begins: spec.startAt === undefined ? 0 : (fromMicroTime(spec.startAt) ?? Infinity),
    expires: Date.parse(status.expiresAt),
    completes: usedAt === undefined ? Infinity : usedAt + sessionStartMs,
  }
}

type PlanGranted<T> = (facts: GrantedFacts, granted: T, now: Instant) => Plan

/** Adds the pod to the facts of an approved request. An access to a pod has failed if its status names no pod. */
export function ofPod(planPod: PlanGranted<GrantedPod>): PlanGranted<Granted> {
  return (facts, granted, now) => {
    const target = facts.request.status?.target
    if (!target) return finish(facts.request, 'Failed', 'its status is incomplete: ask again', now)
    return planPod(facts, { ...granted, target }, now)
  }
}

/**
 * Returns the status of a request whose objects are being made. An active request stays active while a deleted binding
 * is mended: the gate treats Approved and Active the same.
 */
export function provisioned({ request: { status } }: RequestFacts, message = status?.message): Plan['status'] {
  const told = message === undefined ? {} : { message }
  return { ...status, ...told, ...(status?.phase === 'Scheduled' && { phase: 'Approved' }) }
}

/**
 * Returns the status of an access that the requestor may use now.
 * @param objects All objects of the access; the status lists them.
 * @param accessMessage Tells what to type.
 */
export function active(
  facts: RequestFacts & GrantFacts,
  objects: readonly Manifest[],
  accessMessage: string,
  now: Instant,
): Plan['status'] {
  const { status } = facts.request
  const message = `ready until ${status?.expiresAt ?? ''}`
  const ready = { status: 'True', reason: 'Provisioned', message } as const
  return {
    ...status,
    phase: 'Active',
    message: cut([message, ...saidBy(approvers(facts))].join('; '), maxMessage),
    conditions: withCondition(status?.conditions, 'Ready', ready, now),
    accessMessage,
    resources: objects.map((one) => ({
      apiVersion: one.apiVersion,
      kind: one.kind,
      ...(one.metadata.namespace !== undefined && { namespace: one.metadata.namespace }),
      name: one.metadata.name,
    })),
  }
}

function approvers({ request: { status }, grants }: RequestFacts & GrantFacts): readonly AccessGrant[] {
  return (status?.approvals ?? []).flatMap(({ uid }) => grants.filter(({ metadata }) => metadata.uid === uid))
}

/** Returns the messages that approvers wrote for the requestor. */
export function saidBy(grants: readonly AccessGrant[]): readonly string[] {
  return grants.flatMap(({ spec: { grantedBy, message } }) =>
    message === undefined ? [] : [say`${grantedBy?.username ?? 'somebody'}: ` + toldByOthers(message)],
  )
}
