import { InvalidArgumentError } from 'commander'
import { printable } from '../../api/printable.ts'
import { objectName } from '../verb/usage-values.ts'

/** The pod that the user named, or the object that has pods. */
export interface Place {
  /** The text for kubectl: `web-0`, `deploy/web`. */
  readonly text: string
  /** The resource in front of the name, as it was typed, such as `deploy`. Undefined for a pod. */
  readonly type: string | undefined
  readonly name: string
}

const pods = ['pod', 'pods', 'po']

/**
 * Reads POD or TYPE/NAME.
 * @throws InvalidArgumentError
 */
export function placeText(value: string): Place {
  const parts = value.split('/')
  if (parts.length === 1) return { text: objectName(value), type: undefined, name: value }
  const [type = '', name = ''] = parts
  if (parts.length > 2 || !/^[a-zA-Z][a-zA-Z0-9.-]*$/.test(type)) {
    throw new InvalidArgumentError(
      `"${printable(value)}" is not a pod. Name a pod, as in web-0, or an object with pods, as in deploy/web.`,
    )
  }
  objectName(name)
  if (pods.includes(type.toLowerCase())) return { text: name, type: undefined, name }
  return { text: `${type}/${name}`, type: type.toLowerCase(), name }
}

const shortNames: Readonly<Record<string, string>> = {
  deploy: 'deployment',
  sts: 'statefulset',
  ds: 'daemonset',
  rs: 'replicaset',
  cj: 'cronjob',
}

/** True if a type, as somebody types it for kubectl, means this kind: `deploy`, `deployments`, `deployments.apps`. */
export function isTypeOf(type: string, kind: string): boolean {
  const [singular = ''] = type.split('.')
  const name = shortNames[singular] ?? singular
  const lower = kind.toLowerCase()
  return name === lower || name === `${lower}s`
}
