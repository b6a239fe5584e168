import type { Static } from 'typebox'
import type { Review } from '../../api/review/admission-review.ts'
import { PodAttachOptions, PodExecOptions, ProxyOptions } from '../../api/review/connect-options.ts'
import { schemaCheck, type Checked } from '../../api/schema/schema-check.ts'
import { waysIn, type WayIn } from '../../api/review/way-in.ts'
import { debugChange, type DebugChange } from '../kinds/exec/debug-change.ts'

/** A way into a workload that a user tries, read from the review. */
export type Entry = Exec | Attach | PortForward | PodProxy | ServiceProxy | NodeProxy | Debug | NewImage

/** A way into a pod that an access may open. */
export type PodEntry = Exec | Attach | PortForward | Debug

interface InNamespace {
  readonly namespace: string
  readonly name: string
}
export interface Exec extends InNamespace, StreamOptions {
  readonly way: 'pods/exec'
  readonly command: readonly string[]
}
export interface Attach extends InNamespace, StreamOptions {
  readonly way: 'pods/attach'
}
export interface PortForward extends InNamespace {
  readonly way: 'pods/portforward'
}
interface PodProxy extends InNamespace {
  readonly way: 'pods/proxy'
}
interface ServiceProxy extends InNamespace {
  readonly way: 'services/proxy'
}
/** The path is raw. It has no query: a command may hide there. */
interface NodeProxy {
  readonly way: 'nodes/proxy'
  readonly name: string
  readonly path: string
}
/** The new pod with the debug container, and the pod as it is. */
export interface Debug extends InNamespace {
  readonly way: 'pods/ephemeralcontainers'
  readonly object: unknown
  readonly oldObject: unknown
}
/** Another image in a container of a pod. The webhook configuration calls the gate only if an image changes. */
interface NewImage extends InNamespace {
  readonly way: 'pods'
}
interface StreamOptions {
  /** Empty if the client lets the server choose. */
  readonly container: string
  readonly stdin: boolean
  readonly tty: boolean
}

const checkExecOptions = schemaCheck(PodExecOptions, 'request.object')
const checkAttachOptions = schemaCheck(PodAttachOptions, 'request.object')
const checkProxyOptions = schemaCheck(ProxyOptions, 'request.object')

// The decision needs the entry of a review, and the report of the decision needs it again. It is parsed once.
const entries = new WeakMap<Review, Checked<Entry>>()

// Each request that a pass lists is judged by the change, and a pod has many fields to compare. It is compared once.
const changes = new WeakMap<Debug, DebugChange>()

/** Returns the change that an entry makes to the ephemeral containers of its pod. */
export function changeOf(entry: Debug): DebugChange {
  const change = changes.get(entry) ?? debugChange(entry.object, entry.oldObject)
  changes.set(entry, change)
  return change
}

/** Reads the entry from a review. The problems are sentences. */
export function entryOf(review: Review): Checked<Entry> {
  const entry = entries.get(review) ?? parseEntry(review)
  entries.set(review, entry)
  return entry
}

function parseEntry(review: Review): Checked<Entry> {
  const way = wayOf(review)
  if (way === undefined) return invalid(`request is ${titleOf(review)}, and Sallyport does not know that way in`)
  // The API server refuses it before it asks the gate. An access for one use would be spent on nothing.
  if (review.dryRun && review.operation === 'CONNECT')
    return invalid('request is a dry run, and a CONNECT cannot be one')
  const { name, namespace } = review
  if (!name) return invalid('request.name is missing')
  if (way === 'nodes/proxy') return map(checkProxyOptions(review.object), ({ path = '' }) => ({ way, name, path }))
  if (!namespace) return invalid('request.namespace is missing')
  return inNamespace(way, { name, namespace }, review)
}

function inNamespace(
  way: Exclude<WayIn, 'nodes/proxy'>,
  where: InNamespace,
  { object, oldObject }: Review,
): Checked<Entry> {
  switch (way) {
    case 'pods/exec':
      return map(checkExecOptions(object), ({ command = [], ...session }) => ({
        way,
        ...where,
        command,
        ...sessionOf(session),
      }))
    case 'pods/attach':
      return map(checkAttachOptions(object), (session) => ({ way, ...where, ...sessionOf(session) }))
    case 'pods/ephemeralcontainers':
      return { ok: true, value: { way, ...where, object, oldObject } }
    default:
      return { ok: true, value: { way, ...where } }
  }
}

function sessionOf({ container = '', stdin = false, tty = false }: Static<typeof PodAttachOptions>): StreamOptions {
  return { container, stdin, tty }
}

function wayOf({ resource, subResource, operation }: Review): WayIn | undefined {
  if (resource.group !== '' || resource.version !== 'v1') return undefined
  const asked = subResource ? `${resource.resource}/${subResource}` : resource.resource
  const way = waysIn.find((known) => known === asked)
  return operation === (way && isUpdate(way) ? 'UPDATE' : 'CONNECT') ? way : undefined
}

function isUpdate(way: WayIn): boolean {
  return way === 'pods/ephemeralcontainers' || way === 'pods'
}

function titleOf({ operation, resource, subResource }: Review): string {
  const group = resource.group === '' ? '' : `.${resource.group}`
  return `${operation} of ${resource.resource}${group}${subResource ? `/${subResource}` : ''}`
}

function invalid(problem: string): { ok: false; problems: readonly string[] } {
  return { ok: false, problems: [problem] }
}

function map<V, T>(result: Checked<V>, make: (value: V) => T): Checked<T> {
  return result.ok ? { ok: true, value: make(result.value) } : result
}
