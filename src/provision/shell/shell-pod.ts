import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { ShellAccess, ShellAsk } from '../../api/kinds/access/shell-access.ts'
import type { Container, PodSpec, PodTemplate } from '../../api/pod-template.ts'
import { askedResources } from '../../decision/kinds/shell/asked-amounts.ts'
import { defaultContainer } from '../../decision/pod/default-container.ts'
import { providedMetadata } from '../provided-metadata.ts'
import type { Manifest } from '../../api/manifest.ts'
import { shellDangers } from './dangers/dangers.ts'
import { withOwnFields } from './template/own-fields.ts'
import { sharedLabelProblems } from './template/own-labels.ts'
import type { WholeTemplate } from './template/patched-template.ts'
import { pinnedImage, type Pinned, type RunningImage } from './pinned-image.ts'
import { shellTemplate } from './shell-template.ts'

export interface ShellFacts {
  readonly request: AccessRequest
  readonly ask: ShellAsk | undefined
  /** The time until the access ends. The kubelet counts from the pod's start, so lower it once the pod has started. */
  readonly secondsLeft: number
  /** The images that one of the workload's pods runs now, by container. */
  readonly running: ReadonlyMap<string, RunningImage>
}

export type ShellPod =
  | {
      readonly ok: true
      readonly pod: Manifest & { readonly spec: PodSpec }
      /** The container to enter. */
      readonly container: string
      /** The image of that container. It tells whether it is pinned to what the workload runs. */
      readonly image: Pinned
      /** The dangers. They are refused unless the template's author may escalate templates. */
      readonly dangers: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Returns the requestor's own pod. It is made from `source`, the workload's pod template or the access's own. */
export function shellPod(source: PodTemplate, shell: ShellAccess, facts: ShellFacts): ShellPod {
  const asked = askedResources(facts.ask, shell.limits)
  if (!asked.ok) return asked
  const made = shellTemplate(source, shell, asked.amounts)
  if (!made.ok) return made
  const { template, container } = made
  const metadata = metadataOf(template, container, facts.request)
  // Sallyport's own labels may be the workload's, too. Somebody who put them there would have the traffic of its
  // Services sent to the pod.
  const problems = sharedLabelProblems(metadata.labels, source.metadata?.labels)
  if (problems.length > 0) return { ok: false, problems }
  const unpinned = withOwnFields(template.spec, facts.secondsLeft)
  const spec = withPinnedImages(unpinned, facts.running)
  return {
    ok: true,
    pod: { apiVersion: 'v1', kind: 'Pod', metadata, spec },
    container,
    image: imageOf(unpinned, container, facts.running),
    dangers: shellDangers({ metadata, spec }, shell.from ? source : undefined),
  }
}

function metadataOf({ metadata }: WholeTemplate, container: string, request: AccessRequest): Manifest['metadata'] {
  const provided = providedMetadata(request)
  return {
    ...provided,
    labels: { ...metadata.labels, ...provided.labels },
    annotations: { ...metadata.annotations, [defaultContainer]: container, ...provided.annotations },
  }
}

type Running = ShellFacts['running']

function withPinnedImages({ containers, initContainers, ...rest }: PodSpec, running: Running): PodSpec {
  const pinned = (container: Container): Container => {
    const { name, image } = container
    return image === undefined ? container : { ...container, image: pinnedImage(image, running.get(name)).image }
  }
  return {
    ...rest,
    containers: containers.map(pinned),
    ...(initContainers && { initContainers: initContainers.map(pinned) }),
  }
}

function imageOf({ containers }: PodSpec, name: string, running: Running): Pinned {
  const image = containers.find((container) => container.name === name)?.image ?? ''
  return pinnedImage(image, running.get(name))
}
