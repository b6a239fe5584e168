import type { Instant } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { denied, type Deny } from '../decision.ts'
import { debugChange } from '../kinds/exec/debug-change.ts'
import type { ExecScope } from '../kinds/exec/exec-scope.ts'
import { taskDifferences, taskSeconds, type TaskRun } from '../kinds/task/task-container.ts'
import { say } from '../text/sentence.ts'
import type { Debug } from './entry.ts'

/** Returns the task of a request, with the most seconds that it may run from now. Undefined if it has none. */
export function taskRunOf(
  { metadata, status }: AccessRequest,
  { taskTerms: terms }: Pick<ExecScope, 'taskTerms'>,
  target: Target,
  now: Instant,
): TaskRun | undefined {
  if (!terms) return undefined
  const expires = status?.expiresAt === undefined ? Infinity : Date.parse(status.expiresAt)
  const seconds = taskSeconds(terms, expires - now)
  return { requestUid: metadata.uid, target: target.container, terms, seconds }
}

/** Denies any container but the one that runs the task. Undefined if it is that one. */
export function wrongTask(run: TaskRun, entry: Debug): Deny | undefined {
  const change = debugChange(entry.object, entry.oldObject)
  const problems = change.ok ? taskDifferences(change.added, run) : [change.problem]
  if (problems.length === 0) return undefined
  const what = say`The container for pod ${entry.namespace}/${entry.name} is not the task that was approved: `
  return denied('E_TASK', what + problems.join('; '))
}
