import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { maxOutput, type TaskResult } from '../../api/kinds/access/task-result.ts'
import type { Pod } from '../../api/pod.ts'
import { taskContainerName } from '../../decision/kinds/task/task-container.ts'
import { say } from '../../decision/text/sentence.ts'
import type { Left } from '../access-kind.ts'
import { taskState } from './task-state.ts'

/** Tells of a task whose access ended before its result was told. Kubernetes cannot stop its container. */
export function leavesOfTask({ metadata, status = {} }: AccessRequest, pod: Pod | undefined): Left | undefined {
  if (status.task) return { says: `its task had ended with ${resultText(status.task)}` }
  if (!pod || pod.metadata.uid !== status.target?.podUID) return undefined
  const container = taskContainerName(metadata.uid)
  const state = taskState(pod, container)
  if (state.state === 'absent') return undefined
  if (state.state !== 'ended') return goesOn(pod)
  const { exitCode } = state
  const task = { container, exitCode, outputProblem: 'the access ended before the output was read' }
  return { says: `its task had ended with ${resultText(task)}`, task }
}

/** A pod that is being deleted takes its task along. */
function goesOn({ metadata: { name, deletionTimestamp } }: Pod): Left | undefined {
  if (deletionTimestamp !== undefined) return undefined
  const why = 'its task may still run, since Kubernetes cannot stop it before its deadline'
  return { says: say`${why}: delete pod ${name} to stop it` }
}

/** Tells a result: a clause without its subject. */
export function resultText({ exitCode, outputBytes, outputSHA256 }: TaskResult): string {
  const code = `exit code ${exitCode}`
  if (outputBytes === undefined || outputSHA256 === undefined) return `${code}, and its output was not read`
  if (outputBytes < maxOutput) return `${code}; its output has ${outputBytes} bytes and SHA-256 ${outputSHA256}`
  return `${code}; the first ${outputBytes} bytes of its output have SHA-256 ${outputSHA256}`
}
