import type { Instant } from '../../api/duration.ts'
import type { Undo } from '../../api/kinds/access-record.ts'
import type { Manifest } from '../../api/manifest.ts'
import { cut } from '../../api/printable.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import { isLasting } from '../../decision/kinds/task/task-command.ts'
import {
  readingMs,
  taskContainer,
  taskContainerName,
  taskSeconds,
  undoContainer,
  type TaskRun,
} from '../../decision/kinds/task/task-container.ts'
import { say } from '../../decision/text/sentence.ts'
import { execBinding, execRole } from '../exec/exec-objects.ts'
import { accessMessage } from '../facts/access-message.ts'
import { finish } from '../facts/finish.ts'
import { active, provisioned, type GrantedPod } from '../facts/granted.ts'
import type { GrantedFacts } from '../facts/request-facts.ts'
import { maxMessage, type Plan } from '../facts/request-plan.ts'
import { readableUntil, taskEnd } from './task-end.ts'
import { taskState } from './task-state.ts'

/** Plans the container that runs the task, the reading of its output, and the right of the requestor to read it. */
export function planTask(facts: GrantedFacts, granted: GrantedPod, now: Instant): Plan {
  const { request, template, pod } = facts
  const terms = scopeOf(request.spec, template)?.taskTerms
  if (!terms) return finish(request, 'Failed', 'its template offers no task', now)
  const objects = [execRole(facts, granted.target), execBinding(request, granted.requestor)]
  const seconds = taskSeconds(terms, granted.expires - now - readingMs)
  const run: TaskRun = { requestUid: request.metadata.uid, target: granted.target.container, terms, seconds }
  const undo = undoToNote(facts, granted, run)
  if (undo) return { status: provisioned(facts), objects, then: { do: 'task', step: { is: 'note-undo', undo } } }
  const state = taskState(pod, taskContainerName(request.metadata.uid))
  switch (state.state) {
    case 'absent':
      return starting(facts, objects, run)
    case 'starts':
      return { status: provisioned(facts, startsText(state.why)), objects }
    case 'runs':
      return { status: active(facts, objects, logsText(facts, granted), now), objects }
    case 'ended':
      return ended(facts, { granted, objects, run, exitCode: state.exitCode }, now)
  }
}

interface EndedTask {
  readonly granted: GrantedPod
  readonly objects: readonly Manifest[]
  readonly run: TaskRun
  readonly exitCode: number
}

// The end of the task comes before the end of the time, which would be told in its place.
const beforeExpiryMs = 1_000

/** Plans the reading of the output. Then the access ends, once its requestor could begin to read it, too. */
function ended(facts: GrantedFacts, { granted, objects, run, exitCode }: EndedTask, now: Instant): Plan {
  const { request } = facts
  const result = request.status?.task
  // A task may end before anybody sees it run. It is told as active all the same, so the requestor reads its output.
  const status = active(facts, objects, logsText(facts, granted), now)
  if (!result) return { status, objects, then: { do: 'task', step: { is: 'note', exitCode } } }
  if (isLasting(result, run.terms)) return { status: withEffect(status), objects }
  const wakeAt = Math.min(readableUntil(status, result), granted.expires - beforeExpiryMs)
  if (now < wakeAt) return { status, objects, wakeAt }
  const { phase, message } = taskEnd(result)
  return finish(request, phase, message, now)
}

/** Returns the undo that must be noted before the task begins. Undefined if it is noted, or there is none. */
function undoToNote(facts: GrantedFacts, { target }: GrantedPod, run: TaskRun): Undo | undefined {
  const container = undoContainer(run)
  if (!container || facts.undo || target.podUID === undefined) return undefined
  return { pod: target.pod, podUID: target.podUID, container }
}

/** Returns the status of an access whose task has ended. Its effect lasts until it is undone. */
function withEffect(status: Plan['status']): Plan['status'] {
  const since = status.task?.finishedAt
  const effect = 'its task is done, and the effect holds' + (since === undefined ? '' : say` since ${since}`)
  return { ...status, message: cut(`${effect}; ${status.message ?? ''}`, maxMessage) }
}

/** The gate lets the container in only if it finds the request by its pass. The pass, once written, brings us back. */
function starting(facts: GrantedFacts, objects: readonly Manifest[], run: TaskRun): Plan {
  const status = provisioned(facts)
  if (!facts.listed) return { status, objects }
  if (run.seconds === 0) return { status: provisioned(facts, 'too little time is left to run its task'), objects }
  return { status, objects, then: { do: 'task', step: { is: 'begin', container: taskContainer(run) } } }
}

function startsText(why: string): string {
  return 'its task starts' + (why === '' ? '' : `: ${why}`)
}

function logsText(facts: GrantedFacts, { target }: GrantedPod): string {
  return accessMessage(facts, { ...target, container: taskContainerName(facts.request.metadata.uid) })
}
