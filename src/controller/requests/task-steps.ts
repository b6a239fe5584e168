import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { maxOutput, maxTail, type TaskResult } from '../../api/kinds/access/task-result.ts'
import type { Pod } from '../../api/pod.ts'
import { printableLines, printableWhole } from '../../api/printable.ts'
import { failedOn, KubeApiError } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { pathOf, type KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import type { Query } from '../../cluster/client/transport.ts'
import { findContainer, type PodContainer } from '../../decision/pod/container.ts'
import { taskContainerName, type TaskContainer } from '../../decision/kinds/task/task-container.ts'
import { readSamePod } from '../../live/live-objects.ts'
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

/** Reads the output of a task that has ended. Undefined if its pod is gone, which the view will tell. */
export async function readTask(
  client: Client,
  request: AccessRequest,
  { exitCode }: Extract<TaskStep, { is: 'note' }>,
  signal: AbortSignal,
): Promise<TaskResult | undefined> {
  const pod = await targetPod(client, request, signal)
  if (!pod) return undefined
  const container = taskContainerName(request.metadata.uid)
  const at = containerOf(pod, container)?.seen?.state?.terminated?.finishedAt
  const output = await readOutput(client, pod, container, signal)
  return { container, exitCode, ...(at !== undefined && { finishedAt: at }), ...output }
}

// The kubelet sends it at once.
const readMs = 10_000

/** Reads the output. If the log is lost, the kubelet sends its own words in place of the output, as a success. */
async function readOutput(
  client: Client,
  pod: KubeObject,
  container: string,
  signal: AbortSignal,
): Promise<Partial<TaskResult>> {
  try {
    const output = await readLog(client, pod, { container, limitBytes: String(maxOutput) }, signal)
    const beginning = { container, limitBytes: String(maxTail), timestamps: 'true' }
    const problem = notALog((await readLog(client, pod, beginning, signal)).toString())
    return problem === undefined ? resultOf(output) : { outputProblem: toldProblem(problem) }
  } catch (error) {
    // The kubelet may have removed the container. A call that merely failed is tried again, until the access ends: the
    // API server answers 500 while it does not reach the kubelet.
    if (!(error instanceof KubeApiError) || error.status === 500 || !isRefusal(error.status)) throw error
    return { outputProblem: toldProblem(error.statusMessage ?? error.message) }
  }
}

async function readLog(
  client: Client,
  { metadata: { namespace, name } }: KubeObject,
  query: Query,
  signal: AbortSignal,
): Promise<Buffer> {
  const path = pathOf(resources.Pod, { namespace, name, subresource: 'log' })
  const limited = AbortSignal.any([signal, AbortSignal.timeout(readMs)])
  return buffer(await client.read(path, { query, signal: limited }))
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d) /

/** Returns the words of the kubelet, if these are not lines of a log with timestamps. */
function notALog(text: string): string | undefined {
  return text === '' || timestamp.test(text) ? undefined : text
}

function toldProblem(words: string): string {
  return printableWhole(words).slice(0, maxTail).toWellFormed()
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
  return printableLines(text).slice(-maxTail).toWellFormed()
}

/** Returns the pod that the request is about, as it is now. Undefined if it is gone, or is another. */
function targetPod(
  client: Client,
  { metadata: { namespace }, status }: AccessRequest,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  const target = status?.target
  if (!target) return Promise.resolve(undefined)
  return readSamePod(client, { namespace, name: target.pod, uid: target.podUID }, signal)
}

function containerOf(pod: KubeObject, name: string): PodContainer | undefined {
  return findContainer(pod as Pod & KubeObject, name)
}
