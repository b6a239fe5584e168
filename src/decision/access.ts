import type { Instant } from '../api/duration.ts'
import type { AccessRequest } from '../api/kinds/access-request.ts'
import { fromMicroTime } from '../api/micro-time.ts'
import { whyEnded } from './access-ended.ts'
import { scopeOf, type ExecScope } from './exec-scope.ts'
import { outOfScope } from './access-scope.ts'
import type { AccessSnapshot, Tried } from './access-snapshot.ts'
import { denied, type AccessUsed, type Deny } from './decision.ts'
import { grantCommand } from './grant-command.ts'
import { isGranted } from './phase.ts'
import { say } from './sentence.ts'
import { templateKey } from './template.ts'

export type Judged = { readonly access: AccessUsed } | { readonly refusal: Deny; readonly rank: number }

// Of several requests the denial tells of the one that came nearest to letting the user in.
const nearness = { ended: 1, waiting: 2, outOfScope: 3 } as const

/** Whether this request lets the user in, now, for what was tried. */
export function judgeAccess(request: AccessRequest, snapshot: AccessSnapshot, tried: Tried): Judged {
  const { entry, now } = tried
  const { name } = request.metadata
  const ended = whyEnded(request, snapshot, tried)
  if (ended !== undefined) {
    const what = say`The access of request ${name} to pod ${entry.namespace}/${entry.name} has ended: `
    return { refusal: denied('E_ENDED', what + ended), rank: nearness.ended }
  }
  const waiting = whyWaiting(request, now)
  if (waiting) return { refusal: waiting, rank: nearness.waiting }

  return judgeScope(request, snapshot, tried)
}

function judgeScope(
  { metadata, spec, status }: AccessRequest,
  { pod, templates }: AccessSnapshot,
  { entry }: Tried,
): Judged {
  const { name, namespace, uid } = metadata
  const scope = scopeUnder(spec, templates)
  if (status?.target?.podUID === undefined || status.expiresAt === undefined || !scope || !pod) {
    return { refusal: denied('E_ENDED', say`Request ${name} gives no access to a pod`), rank: nearness.ended }
  }
  const { target, expiresAt, approvals: grants = [] } = status
  const { podUID, container } = status.target
  const beyond = outOfScope(scope, target, entry, pod)
  if (beyond) return { refusal: beyond, rank: nearness.outOfScope }
  return {
    access: { request: { namespace, name, uid }, grants, podUID, container, expiresAt, once: spec.once ?? false },
  }
}

function scopeUnder(spec: AccessRequest['spec'], templates: AccessSnapshot['templates']): ExecScope | undefined {
  return scopeOf(spec, spec.templateRef && templates.get(templateKey(spec.templateRef)))
}

function whyWaiting({ metadata, spec, status }: AccessRequest, now: Instant): Deny | undefined {
  const { name, namespace } = metadata
  if (!isGranted(status?.phase)) {
    return denied(
      'E_PENDING',
      say`Request ${name} waits for a grant`,
      `An approver can look at it and grant it:\n${grantCommand({ name, namespace, digest: status?.shortDigest })}`,
    )
  }
  // One that cannot be read never comes.
  if (spec.startAt === undefined || (fromMicroTime(spec.startAt) ?? Infinity) <= now) return undefined
  return denied('E_PENDING', say`The access of request ${name} begins at ${spec.startAt}`, 'Try again then.')
}
