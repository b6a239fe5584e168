import type { ShellAccess } from '../../api/kinds/access/shell-access.ts'
import type { Container, PodTemplate } from '../../api/pod-template.ts'
import { containerKubectlTakes } from '../../decision/pod/default-container.ts'
import { say } from '../../decision/text/sentence.ts'

type FoundContainer = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly problem: string }

/** Returns the container to enter: the template's, or that of the workload's annotation, or the first. */
export function shellContainer(source: PodTemplate, { container, mutate }: ShellAccess): FoundContainer {
  const names = source.spec.containers.map(({ name }) => name)
  // An init container has ended when somebody comes. It cannot be entered, whatever the annotation says.
  const { name } = container === undefined ? kubectlTakes(source) : { name: container }
  if (!names.includes(name)) {
    return { ok: false, problem: say`the pod has no container ${name}; it has ${names.join(', ')}` }
  }
  if (mutate?.dropContainers?.includes(name)) {
    return { ok: false, problem: say`mutate.dropContainers drops ${name}, which is the container to enter` }
  }
  return { ok: true, name }
}

function kubectlTakes({ metadata, spec: { containers } }: PodTemplate): { readonly name: string } {
  return containerKubectlTakes(metadata?.annotations, { containers })
}

/** Returns the spec with the one container changed. */
export function withContainer(
  spec: PodTemplate['spec'],
  name: string,
  change: (container: Container) => Container,
): PodTemplate['spec'] {
  return { ...spec, containers: spec.containers.map((one) => (one.name === name ? change(one) : one)) }
}

export function withoutContainers(spec: PodTemplate['spec'], names: readonly string[] = []): PodTemplate['spec'] {
  const others = (list: readonly Container[]): Container[] => list.filter(({ name }) => !names.includes(name))
  const { initContainers, ...rest } = spec
  const left = others(initContainers ?? [])
  return { ...rest, containers: others(spec.containers), ...(left.length > 0 && { initContainers: left }) }
}
