import type { Pod } from '../../api/pod.ts'
import { scopeOf } from '../../decision/kinds/access-kinds.ts'
import { taskContainerName, taskDifferences, type TaskRun } from '../../decision/kinds/task/task-container.ts'
import { findContainer } from '../../decision/pod/container.ts'
import { say } from '../../decision/text/sentence.ts'
import type { PodFacts, RequestFacts } from '../facts/request-facts.ts'

/** Says that a pod has the container of a task that Sallyport has not begun. */
export function hadBefore({ metadata }: Pod, container: string): string {
  return say`pod ${metadata.name} had container ${container} before the task was approved: somebody else added it`
}

/**
 * Says that the container of a task is not the one that was approved. Undefined if it is, or if there is none. Only
 * somebody whom the gate lets pass can add such a container.
 */
export function notTheTask({ request, template, pod }: RequestFacts & PodFacts): string | undefined {
  const { metadata, spec, status } = request
  const name = taskContainerName(metadata.uid)
  const found = pod && findContainer(pod, name)
  const terms = scopeOf(spec, template)?.taskTerms
  if (!found || !terms || !status?.target) return undefined
  // Sallyport adds it in no other phase. A container from before was not approved, even if it is the same.
  if (status.phase !== 'Approved' && status.phase !== 'Active') return hadBefore(pod, name)
  // Time has gone by since it was added, so it may have any number of seconds.
  const run: TaskRun = { requestUid: metadata.uid, target: status.target.container, terms, seconds: Infinity }
  const differences = taskDifferences(found.declared, run)
  if (differences.length === 0) return undefined
  const what = say`container ${name} of pod ${pod.metadata.name} is not the task that was approved: `
  return `${what}${differences.join('; ')}. Somebody else added it, or a policy of the cluster changed it`
}
