import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { checkPodTemplate } from '../../api/pod-template.ts'
import type { Client } from '../../cluster/client/client.ts'
import { choosePod } from '../../decision/pod/choose-pod.ts'
import { findContainer } from '../../decision/pod/container.ts'
import { isFinished, isGranted } from '../../decision/phase.ts'
import { kindOf } from '../../provision/access-kinds.ts'
import type { PodFacts, RequestFacts, ShellSource } from '../../provision/facts/request-facts.ts'
import type { RunningImage } from '../../provision/shell/pinned-image.ts'
import { readPodTemplate, type FoundTemplate } from '../views/read-pod-template.ts'
import { podsOf } from '../views/targets.ts'
import { workloadKindsOf, type Views } from '../views/views.ts'

type ShellSourceInputs = RequestFacts & Pick<PodFacts, 'workload'>

/**
 * Reads the pod template from which a request's shell pod is made. The read is live: the view keeps only the name of a
 * workload. Undefined if no pod must be made, or the workload is missing.
 */
export async function readShellSource(
  client: Client,
  views: Views,
  facts: ShellSourceInputs,
  signal: AbortSignal,
): Promise<ShellSource | undefined> {
  const { request, template, workload } = facts
  const after = template && kindOf(request.spec).madeAfter(template)
  if (!after || !isWanted(request)) return undefined
  if (!after.from) {
    const own = { template: after.podTemplate, of: 'the template', at: 'spec.access.shell.podTemplate' }
    return sourceOf(own, new Map())
  }
  if (!workload) return undefined
  const { namespace } = request.metadata
  const reading = { client, kinds: workloadKindsOf(views), namespace, signal }
  const read = await readPodTemplate(reading, after.from, workload)
  if (!read?.ok) return read
  return sourceOf(read, runningIn(views, workload, namespace))
}

function isWanted(request: AccessRequest): boolean {
  const { status } = request
  if (isFinished(request)) return false
  return status?.target === undefined || (isGranted(status) && status.target.podUID === undefined)
}

function sourceOf({ template, of, at }: FoundTemplate, running: ReadonlyMap<string, RunningImage>): ShellSource {
  const checked = checkPodTemplate(template)
  if (checked.ok) return { ok: true, template: checked.value, running }
  const wrong = checked.problems.map((problem) => problem.replace(/^template/, at))
  return { ok: false, problem: `${of} has no pod template: ${wrong.join('; ')}`, final: true }
}

/** Returns the images that the workload runs now, as its oldest ready pod has them. */
function runningIn(
  views: Views,
  workload: NonNullable<ShellSourceInputs['workload']>,
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
