import { fieldsOf, type Fields } from '../../api/fields.ts'
import { securityDangers } from '../../provision/shell/dangers/security-dangers.ts'
import { fieldAt, itemsOf, without } from '../../provision/shell/template/fields.ts'
import type { Line } from '../output/lines.ts'
import { secretLine, textOf, tokenLine } from './pod-secrets.ts'

/**
 * Tells what a user can reach from a container of this pod, in lines.
 * @param pod a Pod of core/v1 as the API server sends it
 */
export function podPowers(pod: object, containerName: string): readonly Line[] {
  const spec = fieldsOf(fieldAt(pod, 'spec'))
  const container = containersOf(spec).find(({ name }) => name === containerName)
  if (!container) return [['container', `the pod has no container ${containerName} any more`, 'loud']]
  const dangers = dangerLines(spec, container)
  return [
    tokenLine(spec, container),
    secretLine(spec, container),
    ...dangers,
    ['node', dangers.length > 0 ? undefined : 'nothing of the node: no host path, no host namespace, no privileges'],
    ['user', userOf(spec, container)],
    ['processes', sharedProcesses(spec, containerName)],
  ]
}

function containersOf(spec: Fields): readonly Fields[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) => itemsOf(spec[list]))
}

function dangerLines(spec: Fields, container: Fields): readonly Line[] {
  const own = fieldsOf(container['securityContext'])
  const loud = [
    ...(isOn(own['privileged']) ? ['PRIVILEGED: root in this container is root on the node'] : []),
    ...hostNamespaces(spec),
    ...hostPaths(spec, container),
    ...itemsOf(container['volumeDevices']).map(({ devicePath }) => `BLOCK DEVICE at ${textOf(devicePath)}`),
    ...securityDangers('container.securityContext', without(own, ['privileged'])),
    ...securityDangers('pod.securityContext', spec['securityContext']),
  ]
  return loud.map((text): Line => ['danger', text, 'loud'])
}

/** Returns true if a switch is on. A value of another type counts as on. */
function isOn(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false
}

const namespacesOfHost = {
  hostNetwork: 'HOST NETWORK: it reaches what listens on the node, and sees the traffic of the node',
  hostPID: 'HOST PROCESSES: it sees all processes of the node',
  hostIPC: 'HOST IPC: it reaches the shared memory of the node',
} as const

function hostNamespaces(spec: Fields): readonly string[] {
  return Object.entries(namespacesOfHost).flatMap(([field, text]) => (isOn(spec[field]) ? [text] : []))
}

function hostPaths(spec: Fields, container: Fields): readonly string[] {
  const volumes = itemsOf(spec['volumes'])
  return itemsOf(container['volumeMounts']).flatMap(({ name, mountPath, readOnly }) => {
    const path = fieldAt(
      volumes.find((volume) => volume['name'] === name),
      'hostPath',
      'path',
    )
    if (path === undefined) return []
    return [`HOST PATH ${textOf(path)} at ${textOf(mountPath)}${readOnly === true ? ', read-only' : ', WRITABLE'}`]
  })
}

/** The container's own securityContext comes before that of the pod. */
function userOf(spec: Fields, container: Fields): string {
  const value = (field: string): unknown =>
    fieldAt(container, 'securityContext', field) ?? fieldAt(spec, 'securityContext', field)
  const user = value('runAsUser')
  if (typeof user === 'number') return user === 0 ? '0 (root)' : String(user)
  return value('runAsNonRoot') === true ? 'as its image says, but not root' : 'as its image says; it may be root'
}

function sharedProcesses(spec: Fields, containerName: string): string | undefined {
  const others = containersOf(spec).flatMap(({ name }) => (name === containerName ? [] : [textOf(name)]))
  if (spec['shareProcessNamespace'] !== true || others.length === 0) return undefined
  return `also those of ${others.join(', ')}`
}
