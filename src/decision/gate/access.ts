import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import { whyEnded } from './access-ended.ts'
import { podOfAccess, scopeOf } from '../kinds/access-kinds.ts'
import type { ExecScope } from '../kinds/exec/exec-scope.ts'
import { outOfScope } from './access-scope.ts'
import type { AccessSnapshot, EntryAttempt } from './access-snapshot.ts'
import { isReviewAwaited } from '../challenge/peer-review.ts'
import { howToAsk } from './ask-command.ts'
import { ownDebug } from './debug-entry.ts'
import type { PodEntry } from './entry.ts'
import { denied, type AccessUsed, type Deny } from '../decision.ts'
import { approveCommand } from '../text/argv.ts'
import type { TaskRun } from '../kinds/task/task-container.ts'
import { objectionToMember } from './membership.ts'
import { isGranted } from '../phase.ts'
import { say } from '../text/sentence.ts'
import { isAnotherTask, taskRunOf } from './task-entry.ts'
import { targetEnded } from '../pod/target.ts'
import { templateAmong } from '../template.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'

export type AccessJudged =
  | { readonly access: AccessUsed }
  | { readonly refusal: Deny; readonly rank: number }
  /** The request waits, and would not let in what was tried. */
  | { readonly isForAnother: true }

// If there are several requests, the denial tells about the one that came nearest to letting the user in.
const nearness = { anotherTask: 0, ended: 1, notMember: 2, waiting: 3, outOfScope: 4, used: 5 } as const

/** Judges whether this request lets the user in, now, for the entry that they try. */
export function judgeAccess(request: AccessRequest, snapshot: AccessSnapshot, tried: EntryAttempt): AccessJudged {
  const { entry, now, earliest = now } = tried
  const { name } = request.metadata
  const ended = whyEnded(request, snapshot, tried)
  if (ended !== undefined) {
    const at = endedAt(request, now)
    const what = say`Request ${name} for pod ${entry.namespace}/${entry.name} ended` + (at && say` at ${at}`)
    const remedy = afterEnd(request, snapshot) ?? howToAsk(entry)
    return { refusal: denied('E_ENDED', `${what}: ${ended}`, remedy), rank: nearness.ended }
  }
  const notMember = objectionToMember(request, snapshot, tried.user)
  if (notMember) return { refusal: notMember, rank: nearness.notMember }
  const waiting = whyWaiting(request, snapshot, earliest)
  if (waiting) {
    const isForAnother = wouldNotLetIn(request, snapshot, tried)
    return isForAnother ? { isForAnother } : { refusal: waiting, rank: nearness.waiting }
  }

  return judgeScope(request, snapshot, tried)
}

/** The time at which a request ended, if the request says so: the end was written, or its time is over. */
function endedAt({ status = {} }: AccessRequest, now: Instant): string {
  const { finishedAt, expiresAt } = status
  const [at = ''] = [finishedAt, expiresAt].filter((time) => time !== undefined && Date.parse(time) <= now)
  return at.replace(/\.\d+Z$/, 'Z')
}

/** The remedy after the end, if it would not help to ask for the same again. */
function afterEnd({ spec, status }: AccessRequest, { pod }: AccessSnapshot): string | undefined {
  const isOver = podOfAccess(spec) === 'shared' && status?.target && targetEnded(status.target, pod)
  return isOver ? 'Ask for access to a pod that runs.' : undefined
}

/** True if the request, once granted, is for another container, command or way in. */
function wouldNotLetIn(request: AccessRequest, snapshot: AccessSnapshot, { entry, now }: EntryAttempt): boolean {
  const { pod, templates } = snapshot
  const { target } = request.status ?? {}
  const scope = scopeOf(request.spec, templateAmong(request.spec, templates))
  if (!scope || !target || !pod) return false
  const debug = ownDebug(snapshot, request.metadata.uid, entry)
  const taskRun = taskRunOf(request, scope, target, now)
  const beyond = outOfScope({ scope, target, pod, debug, taskRun }, entry)
  return beyond !== undefined && beyond.code !== 'E_NO_CONTAINER'
}

function judgeScope(request: AccessRequest, snapshot: AccessSnapshot, tried: EntryAttempt): AccessJudged {
  const { pod, templates } = snapshot
  const { name, namespace, uid } = request.metadata
  const given = givenBy(request, templates)
  if (!given || !pod) {
    return { refusal: denied('E_ENDED', say`Request ${name} gives no access to a pod`), rank: nearness.ended }
  }
  const { scope, target, podUID, expiresAt } = given
  const debug = ownDebug(snapshot, uid, tried.entry)
  const taskRun = taskRunOf(request, scope, target, tried.now)
  const beyond = outOfScope({ scope, target, pod, debug, taskRun }, tried.entry)
  if (beyond) return { refusal: beyond, rank: rankOfBeyond(taskRun, tried.entry) }
  if (tried.used?.has(uid)) return { refusal: usedUp(name, tried.used.get(uid), tried.entry), rank: nearness.used }
  const { approvals: grants = [], digest } = request.status ?? {}
  const once = request.spec.once ?? false
  const { container, image } = target
  const ref = { namespace, name, uid }
  return { access: { request: ref, grants, podUID, container, image, ...(digest && { digest }), expiresAt, once } }
}

function rankOfBeyond(task: TaskRun | undefined, entry: PodEntry): number {
  return isAnotherTask(task, entry) ? nearness.anotherTask : nearness.outOfScope
}

function usedUp(name: string, at: string | undefined, entry: PodEntry): Deny {
  const what = say`Request ${name} allowed one use, and it was used`
  return denied('E_USED', what + (at === undefined ? '' : say` at ${at}`), howToAsk(entry, { once: true }))
}

interface Given {
  readonly scope: ExecScope
  readonly target: Target
  readonly podUID: string
  readonly expiresAt: string
}

/** The access that a request gives. Undefined if it does not give access to a pod that exists. */
function givenBy({ spec, status }: AccessRequest, templates: AccessSnapshot['templates']): Given | undefined {
  const scope = scopeOf(spec, templateAmong(spec, templates))
  const { target, expiresAt } = status ?? {}
  if (!scope || target?.podUID === undefined || expiresAt === undefined) return undefined
  return { scope, target, podUID: target.podUID, expiresAt }
}

function whyWaiting(request: AccessRequest, { templates }: AccessSnapshot, now: Instant): Deny | undefined {
  const { metadata, spec, status } = request
  const { name } = metadata
  if (!isGranted(status)) {
    return denied('E_PENDING', waitsFor(request), whoCanHelp(request, templateAmong(spec, templates)))
  }
  // A time that cannot be read never comes.
  if (spec.startAt === undefined || (fromMicroTime(spec.startAt) ?? Infinity) <= now) return undefined
  return denied('E_PENDING', say`The access of request ${name} begins at ${spec.startAt}`, 'Try again then.')
}

/** The remedy while a request waits: an approver, or only time and what `status.awaits` names. */
function whoCanHelp({ metadata, spec, status }: AccessRequest, template: AnyTemplate | undefined): string {
  const { name, namespace } = metadata
  const { awaits } = status ?? {}
  if (!spec.templateRef || isReviewAwaited(template?.spec.challenges ?? [], awaits))
    return `An approver can look at it:\n${approveCommand({ name, namespace })}`
  return awaits === undefined
    ? 'Try again later.'
    : say`Still missing: ${awaits}. No approver can help with that. Try again later.`
}

/** Says what a request waits for. Under a template it may be more than a grant. */
function waitsFor({ metadata: { name }, spec, status }: AccessRequest): string {
  if (!spec.templateRef || status?.message === undefined) return say`Request ${name} waits for approval`
  // The message holds only printable characters.
  return say`Request ${name} is not approved yet: ` + status.message
}
