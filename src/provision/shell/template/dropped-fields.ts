import type { Keepable } from '../../../api/kinds/access/shell-mutation.ts'
import type { Container, PodSpec } from '../../../api/pod-template.ts'
import { fieldsOf } from '../../../api/fields.ts'
import { itemsOf, without } from './fields.ts'

// Pod and container fields of the workload that a shell pod loses unless they are kept by name, and why.
const podFields = {
  // The pod would count among the workload's replicas.
  topologySpreadConstraints: ['topologySpreadConstraints'],
  // A StatefulSet's name in the DNS belongs to its own pods.
  hostname: ['hostname', 'hostnameOverride', 'setHostnameAsFQDN'],
  subdomain: ['subdomain'],
  // Controllers that watch the workload's pods set these gates: the pod would never be Ready.
  readinessGates: ['readinessGates'],
  // A shell must not push workloads off a node.
  priorityClassName: ['priorityClassName'],
} as const satisfies Partial<Record<Keepable, readonly string[]>>

const containerFields = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const

/** Returns the spec without the fields of the workload's own pods, unless they are kept by name. */
export function withoutDropped(spec: PodSpec, keep: readonly Keepable[]): PodSpec {
  const kept = new Set(keep)
  const dropped = Object.entries(podFields).flatMap(([name, fields]) => (kept.has(name as Keepable) ? [] : fields))
  const rest = withoutAccount(without(spec, dropped), kept)
  const containers = (list: readonly Container[]): Container[] => list.map((one) => withoutOwn(one, kept))
  return {
    ...rest,
    containers: containers(rest.containers),
    ...(rest.initContainers && { initContainers: containers(rest.initContainers) }),
  }
}

function withoutOwn(container: Container, kept: ReadonlySet<Keepable>): Container {
  const dropped = containerFields.filter((field) => !kept.has(field))
  const { ports, ...rest } = without(container, dropped)
  if (!ports) return rest
  return { ...rest, ports: kept.has('hostPorts') ? ports : ports.map((port) => without(port, ['hostPort', 'hostIP'])) }
}

/**
 * Removes the workload's account. It is the workload's power over the API server, and often over a cloud. The least
 * power is none.
 */
function withoutAccount(spec: PodSpec, kept: ReadonlySet<Keepable>): PodSpec {
  const { serviceAccountName, serviceAccount, ...rest } = spec
  const name = serviceAccountName ?? serviceAccount
  const named = kept.has('serviceAccountName') && name !== undefined ? { ...rest, serviceAccountName: name } : rest
  if (kept.has('automountServiceAccountToken')) return named
  const { volumes, ...bare } = { ...named, automountServiceAccountToken: false }
  return volumes ? { ...bare, volumes: volumes.flatMap(withoutToken) } : bare
}

type Volume = NonNullable<PodSpec['volumes']>[number]

// Sources of projected volumes that are credentials: the node gets them for the pod in the name of its account.
const credentials = ['serviceAccountToken', 'podCertificate']

/**
 * Removes credentials from a volume. A live pod lists the volume that the API server made for its token. A workload may
 * have its own.
 */
function withoutToken(volume: Volume): readonly Volume[] {
  const { projected } = volume
  const sources = itemsOf(fieldsOf(projected)['sources'])
  const others = sources.filter((source) => !credentials.some((kind) => kind in source))
  if (others.length === sources.length) return [volume]
  return others.length === 0 ? [] : [{ ...volume, projected: { ...fieldsOf(projected), sources: others } }]
}

/**
 * Returns the spec without mounts of missing volumes. A StatefulSet's template mounts what its volumeClaimTemplates
 * make, and the data of its pods is not for the shell.
 */
export function withoutDanglingMounts(spec: PodSpec): PodSpec {
  const names = new Set((spec.volumes ?? []).map(({ name }) => name))
  const there = ({ name }: { readonly name: string }): boolean => names.has(name)
  const mounted = (list: readonly Container[]): Container[] =>
    list.map(({ volumeMounts, volumeDevices, ...rest }) => ({
      ...rest,
      ...(volumeMounts && { volumeMounts: volumeMounts.filter(there) }),
      ...(volumeDevices && { volumeDevices: volumeDevices.filter(there) }),
    }))
  return {
    ...spec,
    containers: mounted(spec.containers),
    ...(spec.initContainers && { initContainers: mounted(spec.initContainers) }),
  }
}
