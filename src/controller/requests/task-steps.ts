import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { maxTail, type TaskResult } from '../../api/kinds/access/task-result.ts'
import { fieldsOf, isFields, type Fields } from '../../api/fields.ts'
import type { Pod } from '../../api/pod.ts'
import { printableWhole } from '../../api/printable.ts'
import { failedOn, KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { pathOf, type KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { taskContainerName, taskDifferences, type TaskContainer } from '../../decision/kinds/task/task-container.ts'
import type { TaskStep } from '../../provision/facts/request-plan.ts'
import { addContainer } from './add-container.ts'
import { isRefusal } from './refusal.ts'

/**
 * Adds the container of a task to its pod. Its name follows from the request, and Kubernetes never changes an ephemeral
 * container, so a task runs once.
 */
export async function beginTask(
  client: Client,
  request: AccessRequest,
  container: TaskContainer,
  signal: AbortSignal,
): Promise<void> {
  const pod = await targetPod(client, request, signal)
  // The view is behind: it will tell the end of the pod, or the container.
  if (!pod || containerOf(pod, container.name)) return
  try {
    await addContainer(client, { adds: container, to: pod.metadata }, { signal })
  } catch (error) {
    throw failedOn({ apiVersion: 'v1', kind: 'task', metadata: { name: container.name } }, error)
  }
}

/** The end of a task, as its pod tells it. */
export type EndedTask =
  | { readonly result: TaskResult }
  /** The container is not the task that was approved. */
  | { readonly problem: string }

/** Reads the output of a task that has ended. Undefined if its pod is gone, which the view will tell. */
export async function readTask(
  client: Client,
  request: AccessRequest,
  { run, exitCode }: Extract<TaskStep, { is: 'note' }>,
  signal: AbortSignal,
): Promise<EndedTask | undefined> {
  const pod = await targetPod(client, request, signal)
  const container = taskContainerName(request.metadata.uid)
  const found = pod && containerOf(pod, container)
  if (!found) return undefined
  // Its time has gone by, so any number of seconds may be there.
  const differences = taskDifferences(found, { ...run, seconds: Infinity })
  if (differences.length > 0) {
    return { problem: `somebody else made container ${container} of its pod: ${differences.join('; ')}` }
  }
  const at = finishedAt(pod, container)
  const output = await readOutput(client, pod, container, signal)
  return { result: { container, exitCode, ...(at !== undefined && { finishedAt: at }), ...output } }
}

const maxRead = 1_048_576
// The kubelet sends it at once.
const readMs = 10_000

async function readOutput(
  client: Client,
  { metadata: { namespace, name } }: KubeObject,
  container: string,
  signal: AbortSignal,
): Promise<Partial<TaskResult>> {
  const path = pathOf(resources.Pod, { namespace, name, subresource: 'log' })
  try {
    const query = { container, limitBytes: String(maxRead) }
    const limited = AbortSignal.any([signal, AbortSignal.timeout(readMs)])
    const chunks = await client.read(path, { query, signal: limited })
    return resultOf(await buffer(chunks))
  } catch (error) {
    // The kubelet may have removed the log. A call that merely failed is tried again.
    if (!(error instanceof KubeApiError) || !isRefusal(error.status)) throw error
    return { outputProblem: printableWhole(error.statusMessage ?? error.message).slice(0, maxTail) }
  }
}

function resultOf(output: Buffer): Partial<TaskResult> {
  return {
    output: printableTail(output.subarray(-maxTail).toString()),
    outputBytes: output.length,
    outputSHA256: createHash('sha256').update(output).digest('hex'),
  }
}

/** Returns the end of a text. Line breaks stay. */
function printableTail(text: string): string {
  const shown = text.split('\n').map(printableWhole).join('\n')
  return shown.slice(-maxTail).toWellFormed()
}

/** Returns the pod that the request is about, as it is now. Undefined if it is gone, or is another. */
async function targetPod(
  client: Client,
  { metadata: { namespace }, status }: AccessRequest,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const target = status?.target
  if (!target) return undefined
  const pod = await client.get(resources.Pod, { namespace, name: target.pod }, signal)
  return pod?.metadata.uid === target.podUID ? pod : undefined
}

function containerOf(pod: KubeObject, name: string): Fields | undefined {
  const { ephemeralContainers } = fieldsOf((pod as KubeObject & { readonly spec?: unknown }).spec)
  if (!Array.isArray(ephemeralContainers)) return undefined
  return ephemeralContainers.filter(isFields).find((one) => one['name'] === name)
}

function finishedAt(pod: KubeObject, container: string): string | undefined {
  const { status = {} } = pod as Pod & KubeObject
  return status.ephemeralContainerStatuses?.find(({ name }) => name === container)?.state?.terminated?.finishedAt
}
