import type { Instant } from '../../api/duration.ts'
import type { AccessGrant } from '../../api/kinds/access-grant.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { sessionStartMs } from '../../decision/gate/use.ts'
import { cut } from '../../api/printable.ts'
import { accessMessage } from './access-message.ts'
import { withCondition } from './conditions.ts'
import { execBinding, execRole } from '../exec/exec-objects.ts'
import type { Manifest } from '../../api/manifest.ts'
import { maxMessage, type Facts, type Plan } from './request-plan.ts'
import { say, toldByOthers } from '../../decision/text/sentence.ts'

/** What the status of a request says once it was approved. */
export interface Granted {
  readonly requestor: string
  readonly begins: Instant
  readonly expires: Instant
  /** After its one use; never where it was not used. */
  readonly completes: Instant
}

/** The same of a request that is about a pod. */
export interface GrantedPod extends Granted {
  readonly target: Target
}

export function grantedOf({ request: { spec, status }, usedAt }: Facts): Granted | undefined {
  if (status?.expiresAt === undefined || !spec.requestor) return undefined
  return {
    requestor: spec.requestor.username,
    begins: spec.startAt === undefined ? 0 : (fromMicroTime(spec.startAt) ?? Infinity),
    expires: Date.parse(status.expiresAt),
    completes: usedAt === undefined ? Infinity : usedAt + sessionStartMs,
  }
}

/** Once active it stays so while a deleted binding is being mended: the gate does not ask for this. */
export function provisioned({ request: { status } }: Facts, message = status?.message): Plan['status'] {
  const told = message === undefined ? {} : { message }
  return { ...status, ...told, ...(status?.phase === 'Scheduled' && { phase: 'Approved' }) }
}

/** Everything is there and the API server lets the requestor use the pod. */
export function activePod(
  facts: Facts,
  { target, requestor }: GrantedPod,
  more: readonly Manifest[],
  now: Instant,
): Plan['status'] {
  const objects = [execRole(facts, target), execBinding(facts.request, requestor), ...more]
  return active(facts, objects, accessMessage(facts, target), now)
}

/** @param message what to type */
export function active(
  facts: Facts,
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

function approvers({ request: { status }, grants }: Facts): readonly AccessGrant[] {
  return (status?.approvals ?? []).flatMap(({ uid }) => grants.filter(({ metadata }) => metadata.uid === uid))
}

/** What they wrote for the requestor to read. */
export function saidBy(grants: readonly AccessGrant[]): readonly string[] {
  return grants.flatMap(({ spec: { grantedBy, message } }) =>
    message === undefined ? [] : [say`${grantedBy?.username ?? 'somebody'}: ` + toldByOthers(message)],
  )
}
