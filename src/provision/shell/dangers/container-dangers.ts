import type { Container, PodSpec } from '../../../api/pod-template.ts'
import { canonicalJson } from '../../../decision/canonical-json.ts'
import { say } from '../../../decision/text/sentence.ts'
import { fieldAt } from '../template/fields.ts'
import { safeContainerFields } from './safe-fields.ts'
import { securityDangers } from './security-dangers.ts'

/** Returns the dangers in all containers of a pod, of every sort. */
export function containerDangers(spec: PodSpec, workload: PodSpec | undefined): readonly string[] {
  const own = allOf(workload)
  return allOf(spec).flatMap(({ path, container }) => {
    const same = own.find((one) => one.container.name === container.name)?.container
    return dangersOf(path, container, same)
  })
}

interface PlacedContainer {
  readonly path: string
  readonly container: Container
}

function allOf(spec: PodSpec | undefined): readonly PlacedContainer[] {
  const placed = (list: 'containers' | 'initContainers'): readonly PlacedContainer[] =>
    (spec?.[list] ?? []).map((container, index) => ({ path: `spec.${list}[${index}]`, container }))
  return [...placed('containers'), ...placed('initContainers')]
}

function dangersOf(path: string, container: Container, workload: Container | undefined): readonly string[] {
  const { securityContext, ports = [], volumeDevices = [] } = container
  const devices = (workload?.volumeDevices ?? []).map((device) => canonicalJson(device))
  return [
    ...Object.keys(container)
      .filter((field) => !safeContainerFields.has(field))
      .map((field) => say`${path}.${field} is not known to be harmless`),
    ...securityDangers(`${path}.securityContext`, securityContext),
    ...(isHardened(workload) && !isHardened(container)
      ? [`${path}.securityContext.allowPrivilegeEscalation is false in the workload but not in this pod`]
      : []),
    ...(ports.some(({ hostPort }) => Boolean(hostPort)) ? [`${path}.ports has a hostPort: a port of the node`] : []),
    ...(volumeDevices.some((device) => !devices.includes(canonicalJson(device)))
      ? [`${path}.volumeDevices has a device that is not the workload's`]
      : []),
    ...hostProbes(container).map((field) => `${path}.${field} names a host: the node would call that host`),
  ]
}

function isHardened(container: Container | undefined): boolean {
  return fieldAt(container, 'securityContext', 'allowPrivilegeEscalation') === false
}

const handlers = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
] as const

/**
 * Returns the probes and hooks that name a host. The kubelet calls them from the node, so they could reach any address.
 */
function hostProbes(container: Container): readonly string[] {
  return handlers
    .filter((path) => ['httpGet', 'tcpSocket'].some((call) => Boolean(fieldAt(container, ...path, call, 'host'))))
    .map((path) => path.join('.'))
}
