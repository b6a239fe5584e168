import { checkPodTemplate } from '../api/pod-template.ts'
import type { Client } from '../cluster/client.ts'
import type { KubeObject } from '../cluster/resource.ts'
import { resources } from '../cluster/resources.ts'
import { choosePod } from '../decision/choose-pod.ts'
import { findContainer } from '../decision/container.ts'
import { isFinished, isGranted } from '../decision/phase.ts'
import { say } from '../decision/sentence.ts'
import type { Facts, ShellSource } from '../provision/request-plan.ts'
import type { RunningImage } from '../provision/shell/pinned-image.ts'
import { podsOf } from './targets.ts'
import { workloadKindsOf, type Views } from './views.ts'
import { findWorkloadKind } from './workloads.ts'

type Known = Pick<Facts, 'request' | 'template' | 'workload'>

/**
 * What the shell pod of a request is made after, live: the view keeps of a workload no more than its name. Undefined where
 * no pod is to be made, or there is no workload.
 */
export async function readShellSource(
  client: Client,
  views: Views,
  facts: Known,
  signal: AbortSignal,
): Promise<ShellSource | undefined> {
  const shell = facts.template?.spec.access.shell
  if (!shell || !isWanted(facts)) return undefined
  if (!shell.from) return sourceOf('spec.access.shell.podTemplate', shell.podTemplate, new Map())
  const { workload, request } = facts
  const { namespace } = request.metadata
  const resource = shell.from.kind === 'Pod' ? resources.Pod : findWorkloadKind(shell.from, workloadKindsOf(views))
  if (!workload || !resource) return undefined
  const live = await client.get(resource, { namespace, name: workload.name }, signal)
  if (live?.metadata.uid !== workload.uid) return undefined
  return sourceOf(say`${workload.kind} ${workload.name}`, templateOf(live), runningIn(views, workload, namespace))
}

function isWanted({ request }: Known): boolean {
  const { spec, status } = request
  if (!spec.shell || isFinished(request)) return false
  return status?.target === undefined || (isGranted(status) && status.target.podUID === undefined)
}

function sourceOf(what: string, template: unknown, running: ReadonlyMap<string, RunningImage>): ShellSource {
  const checked = checkPodTemplate(template)
  if (checked.ok) return { ok: true, template: checked.value, running }
  return { ok: false, problem: `${what} has no pod template: ${checked.problems.join('; ')}` }
}

/** Of a plain Pod, what it would have been made after. */
function templateOf(object: KubeObject & { readonly spec?: unknown }): unknown {
  if (object.kind === 'Pod') return { metadata: object.metadata, spec: object.spec }
  const { spec } = object
  return typeof spec === 'object' && spec !== null && 'template' in spec ? spec.template : undefined
}

/** What the workload runs now, as its oldest ready pod has it. */
function runningIn(
  views: Views,
  workload: NonNullable<Facts['workload']>,
  namespace: string,
): ReadonlyMap<string, RunningImage> {
  const pod = choosePod(podsOf(views, workload, namespace))
  if (!pod) return new Map()
  const { containers, initContainers = [] } = pod.spec
  return new Map(
    [...containers, ...initContainers].flatMap(({ name, image = '' }): [string, RunningImage][] => {
      const imageID = findContainer(pod, name)?.imageID
      return imageID ? [[name, { image, imageID }]] : []
    }),
  )
}
