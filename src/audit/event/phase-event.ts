import type { AuditEvent } from '../../api/audit-event.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Identity } from '../../api/kinds/identity.ts'
import { envelope, type AuditOrigin } from './audit-event.ts'
import { fittedEvent } from './fitted-event.ts'
import { redacted, type Redactor } from './redact.ts'
import { toldAsked, withheldValues, type ToldAsked } from './told-asked.ts'

/** A phase that a request has come into. */
export interface PhaseReached {
  readonly request: AccessRequest
  /** The person who brought it about; undefined where Sallyport or time did. */
  readonly by: Identity | undefined
  /** The people whose approval it needs, in words; undefined if nobody must approve it. */
  readonly approvers?: string | undefined
}

/** Returns the event of a phase; undefined for a request that has none yet. Every replica gives it the same id, each time. */
export function eventOfPhase(
  { request, by, approvers }: PhaseReached,
  origin: AuditOrigin,
  redactor: Redactor,
): AuditEvent | undefined {
  const { metadata, spec, status } = request
  const { namespace, name, uid } = metadata
  const { phase, summary, duration, message, approvals, target, digest, expiresAt } = status ?? {}
  if (phase === undefined) return undefined
  const verb = phaseVerbs[phase]
  const { pod, podUID, container, image, node } = target ?? {}
  const ofRequest = toldAsked(request, redactor)
  return fittedEvent({
    ...envelope(`request.${verb}`, `${uid}.${verb}`, origin),
    subject: `${namespace}/${name}`,
    data: {
      actor: personOf(by),
      requestor: personOf(spec.requestor),
      asked: ofRequest?.asked,
      request: { namespace, name, uid },
      ...(approvals && { grants: approvals }),
      ...(target && { target: { pod, podUID, container, image, node } }),
      digest,
      phase,
      task: toldTask(status),
      approvers: phase === 'Pending' ? approvers : undefined,
      summary: toldSummary(summary, ofRequest, redactor),
      duration,
      message: toldText(message, spec, redactor),
      expiresAt,
      ...(ofRequest && ofRequest.cut.length > 0 && { cut: ofRequest.cut }),
    },
  })
}

/** A text of ours may quote the value of a parameter without its name. A rule may have found it by that name. */
function toldText(text: string | undefined, spec: AccessRequest['spec'], redactor: Redactor): string | undefined {
  if (text === undefined) return undefined
  return withheldValues(spec, redactor).some((secret) => text.includes(secret)) ? redacted : redactor.text(text)
}

/** The summary is cut, so a rule may not find the rest of a secret in it. */
function toldSummary(
  summary: string | undefined,
  asked: ToldAsked | undefined,
  redactor: Redactor,
): string | undefined {
  if (summary === undefined) return undefined
  return asked?.isRedacted ? redacted : redactor.text(summary)
}

function toldTask(status: AccessRequest['status']): object | undefined {
  if (!status?.task) return undefined
  const { container, exitCode, outputBytes, outputSHA256 } = status.task
  return { container, exitCode, outputBytes, outputSHA256 }
}

function personOf(person: Identity | undefined): object | undefined {
  return person && { username: person.username, groups: person.groups }
}

const phaseVerbs = {
  Pending: 'pending',
  Scheduled: 'scheduled',
  Approved: 'approved',
  Active: 'active',
  Expired: 'expired',
  Completed: 'completed',
  Denied: 'denied',
  Revoked: 'revoked',
  Failed: 'failed',
} as const
