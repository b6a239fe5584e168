import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { denied, type Deny } from '../decision.ts'
import type { ExecScope } from '../kinds/exec/exec-scope.ts'
import { taskContainerName, taskDifferences, taskSeconds, type TaskRun } from '../kinds/task/task-container.ts'
import { say } from '../text/sentence.ts'
import { changeOf, type Debug, type PodEntry } from './entry.ts'

/** Returns the task of a request, with the most seconds that it may run from now. Undefined if it has none. */
export function taskRunOf(
  { metadata, status }: AccessRequest,
  scope: Pick<ExecScope, 'taskTerms'>,
  target: Target,
  now: Instant,
): TaskRun | undefined {
  const terms = scope.taskTerms
  if (!terms) return undefined
  const expires = status?.expiresAt === undefined ? Infinity : Date.parse(status.expiresAt)
  const seconds = taskSeconds(terms, expires - now)
  return { requestUid: metadata.uid, target: target.container, terms, seconds }
}

/** True if the entry adds the container of another task. The request of that task explains a denial better. */
export function isAnotherTask(run: TaskRun | undefined, entry: PodEntry): boolean {
  if (!run || entry.way !== 'pods/ephemeralcontainers') return false
  const change = changeOf(entry)
  return change.ok && change.added.name !== taskContainerName(run.requestUid)
}

/** Denies any container but the one that runs the task. Undefined if it is that one. */
export function wrongTask(run: TaskRun, entry: Debug): Deny | undefined {
  const change = changeOf(entry)
  const problems = change.ok ? taskDifferences(change.added, run) : [change.problem]
  if (problems.length === 0) return undefined
  const what = say`The container for pod ${entry.namespace}/${entry.name} is not the task that was approved: `
  return denied('E_TASK', what + problems.join('; '))
}
