import type { TaskResult } from '../../api/kinds/access/task-result.ts'
import { cut } from '../../api/printable.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import { filledCommand, isLasting, type TaskTerms } from '../../decision/kinds/task/task-command.ts'
import { taskContainerName } from '../../decision/kinds/task/task-container.ts'
import { argvText } from '../../decision/text/argv.ts'
import { say } from '../../decision/text/sentence.ts'
import type { AccessKind } from '../access-kind.ts'
import { podProof, podRole } from '../exec/exec-objects.ts'
import { podEnd, soon } from '../exec/resolve-exec.ts'
import type { AccessEnd } from '../facts/finish.ts'
import { ofPod } from '../facts/granted.ts'
import type { PodFacts, RequestFacts } from '../facts/request-facts.ts'
import { planTask } from './plan-task.ts'
import { taskEnd } from './task-end.ts'
import { resolveTask, taskToRehearse } from './resolve-task.ts'
import { notTheTask } from './not-the-task.ts'
import { leavesOfTask } from './task-leaves.ts'
import { taskState } from './task-state.ts'

/** One command that Sallyport runs in an ephemeral container of a pod. */
export const taskKind: AccessKind = {
  written: 'each',
  resolve: resolveTask,
  looksFor: () => soon,
  madeAfter: () => undefined,
  rehearsed: taskToRehearse,
  waitsFor: () => '',
  summary: taskSummary,
  beforehand: podRole,
  ended: endOfTask,
  leaves: leavesOfTask,
  plan: ofPod(planTask),
  provenBy: podProof,
  sample: () => ({ asked: { task: {} } }),
}

// The summary is a cell of a table. An approver sees the whole command in the request.
const maxCommand = 120

/** Says in one line what runs, and where: `task web-0/app: tcpdump -c 10`. */
function taskSummary({ request: { spec, status }, template }: RequestFacts): string {
  const terms = scopeOf(spec, template)?.taskTerms
  const command = terms ? cut(argvText(filledCommand(terms)), maxCommand) : 'an unknown command'
  const target = status?.target
  const where = target ? say`${target.pod}/${target.container}` : wantedPod(spec, terms)
  return `task ${where}: ${command}`
}

function wantedPod({ task }: RequestFacts['request']['spec'], terms: TaskTerms | undefined): string {
  if (task?.pod !== undefined) return say`${task.pod}`
  return terms ? say`${terms.offered.target.kind}/${terms.offered.target.name}` : 'a pod'
}

/**
 * Returns how the task or its pod ended. While the pod is there, the plan of the task ends the access. A task that is
 * undone at the end does not end the access by itself, unless it failed.
 */
function endOfTask(facts: RequestFacts & PodFacts): AccessEnd | undefined {
  const result = facts.request.status?.task
  return result ? endAfterTask(facts, result) : endBeforeResult(facts)
}

function endAfterTask(facts: RequestFacts & PodFacts, result: TaskResult): AccessEnd | undefined {
  const terms = scopeOf(facts.request.spec, facts.template)?.taskTerms
  if (terms && isLasting(result, terms)) return podEnd(facts)
  return hasEnded(facts) ? undefined : taskEnd(result)
}

/** The output is read first, while the pod is still there. */
function endBeforeResult(facts: RequestFacts & PodFacts): AccessEnd | undefined {
  const other = notTheTask(facts)
  if (other !== undefined) return { phase: 'Failed', message: other }
  return hasEnded(facts) ? undefined : podEnd(facts)
}

function hasEnded({ request, pod }: RequestFacts & PodFacts): boolean {
  return taskState(pod, taskContainerName(request.metadata.uid)).state === 'ended'
}
