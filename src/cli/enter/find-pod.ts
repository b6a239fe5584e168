import { printableLines } from '../../api/printable.ts'
import { fieldsOf, isFields } from '../../api/fields.ts'
import { checkPod } from '../../api/schema/checks.ts'
import { readControllers } from '../../cluster/client/controllers-of.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { typed } from '../../cluster/client/typed-object.ts'
import { containerKubectlTakes } from '../../decision/pod/default-container.ts'
import { selects } from '../../decision/pod/label-selector.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import { say } from '../../decision/text/sentence.ts'
import { Refusal } from '../output/failure.ts'
import type { CliSession } from '../connection/session.ts'
import type { ClusterChoice } from '../connection/flags.ts'
import { readKubectl } from './kubectl.ts'
import type { Place } from './place.ts'
import { mostActiveFirst } from './most-active.ts'
import { ownersOf, type Where } from './where-it-runs.ts'

/** The pod that is to be entered. */
export interface FoundPod {
  readonly where: Where
  /** The names of the pods that would do, as kubectl prefers them. Empty if the user may not see which there are. */
  readonly pods: readonly string[]
  /** The container that kubectl takes. Undefined if the user may not read the pod. */
  readonly container: string | undefined
}

/**
 * Finds the pod that kubectl would enter.
 * @throws Refusal if there is none
 */
export async function findPod(session: CliSession, choice: ClusterChoice, place: Place): Promise<FoundPod> {
  const { type, name } = place
  if (type !== undefined) return findPodOf(session, choice, { text: place.text, type, name })
  const { client, namespace } = session
  const seen = await unlessForbidden(client.get(resources.Pod, { namespace, name }).then((pod) => ({ pod })))
  if (!seen) return { where: { is: 'name', name }, pods: [name], container: undefined }
  if (!seen.pod) throw new Refusal(say`Pod ${name} was not found in namespace ${namespace}.`)
  return found(client, seen.pod, [name])
}

/** Finds the pod of a workload or a Service. kubectl knows all types, and their short names. */
async function findPodOf(
  { client, namespace }: CliSession,
  choice: ClusterChoice,
  { text, type, name }: Place & { readonly type: string },
): Promise<FoundPod> {
  const hidden: FoundPod = { where: { is: 'workload', type, name }, pods: [], container: undefined }
  const { code, stdout, stderr } = await readKubectl(choice, ['get', text, '-o', 'json'])
  if (code !== 0 && / is forbidden: /.test(stderr)) return hidden
  if (code !== 0) throw new Refusal(printableLines(stderr.trimEnd()))
  const selector = fieldsOf(fieldsOf(JSON.parse(stdout))['spec'])['selector']
  const labelSelector = labelsOf(selector)
  if (labelSelector === undefined) throw new Refusal(say`${text} has no selector, so it has no pods.`)
  const listed = await unlessForbidden(client.list(resources.Pod, { namespace, labelSelector }))
  if (!listed) return hidden
  const pods = mostActiveFirst(listed.items.filter(({ metadata }) => selects(selector, metadata.labels ?? {})))
  const [first] = pods
  if (!first) throw new Refusal(say`${text} has no pods in namespace ${namespace}.`)
  const names = pods.map(({ metadata }) => metadata.name)
  return found(client, first, names)
}

async function found(client: Client, object: KubeObject, pods: readonly string[]): Promise<FoundPod> {
  const reading = readControllers(client, object, Object.values(resources), new AbortController().signal)
  const owners = ownersOf(object, (await unlessForbidden(reading)) ?? [])
  const { metadata, spec } = typed(object, checkPod)
  return {
    where: { is: 'pod', name: metadata.name, owners },
    pods,
    container: containerKubectlTakes(metadata.annotations, spec).name,
  }
}

/** Writes the labels of a selector for a list. Undefined if the selector demands nothing. */
function labelsOf(selector: unknown): string | undefined {
  if (!isFields(selector)) return undefined
  const { matchLabels, matchExpressions } = selector
  const labels = matchLabels === undefined && matchExpressions === undefined ? selector : fieldsOf(matchLabels)
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${String(value)}`)
  return pairs.length > 0 || matchExpressions !== undefined ? pairs.join(',') : undefined
}
