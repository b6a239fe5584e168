import { canonicalDigest, canonicalJson } from '../../canonical-json.ts'
import type { DebugOffer } from './exec-scope.ts'
import { say } from '../../text/sentence.ts'
import { isFields, type Fields } from '../../../api/fields.ts'
import { taskPrefix, undoPrefix, withoutSeconds } from '../task/task-container.ts'

/** The bounds of a debug container. */
export interface DebugRule {
  readonly offer: DebugOffer
  /** The container of the access. */
  readonly target: string
  /** The pod's own security context. A container that does not set these fields has them from the pod. */
  readonly podSecurity: Fields
}

/** A function that says what is wrong with a field, or a table of the fields that it may have. */
type FieldRule = ((value: unknown, rule: DebugRule) => string | undefined) | Table
interface Table {
  readonly [field: string]: FieldRule
}

/** A field of a debug container that is more than its template allows. */
export interface DebugProblem {
  /** The path of the field, such as `securityContext.runAsUser`. */
  readonly field: string
  /** A clause that names the field. */
  readonly problem: string
}

/**
 * Returns the fields in which a debug container goes beyond its template. A field that the tables below do not list is
 * refused: a newer Kubernetes may bring it.
 */
export function debugProblems(container: Fields, rule: DebugRule): readonly DebugProblem[] {
  const { image } = container
  return problemsIn({ ...container, image }, fields, '', rule)
}

/** Returns a digest that tells the container that was let in from another one of its name. */
export function debugDigest(container: object): string {
  return canonicalDigest(withoutSeconds({ ...container }))
}

const isText = (value: unknown): boolean => typeof value === 'string'
const flag = oneOf(true, false)
const words = list(isText)

const capabilityFields: Table = {
  drop: words,
  add: (value, { offer: { capabilities = [] } }) => {
    if (!Array.isArray(value)) return 'must be a list'
    const more = value.filter((one: unknown) => !capabilities.some((known) => known === one))
    if (more.length === 0) return undefined
    return say`may have ${capabilities.join(', ') || 'nothing'}, not ${more.map(shown).join(', ')}`
  },
}

/**
 * These fields give the container at most what the pod has. A free choice of user would give more, even without user 0:
 * a process with the user of the target can read its files. So the image, the pod or the template decides the user.
 */
const securityFields: Table = {
  capabilities: capabilityFields,
  privileged: oneOf(false),
  allowPrivilegeEscalation: oneOf(false),
  runAsNonRoot: oneOf(true),
  readOnlyRootFilesystem: oneOf(true),
  runAsUser: asPodOrOffered('runAsUser'),
  runAsGroup: asPodOrOffered('runAsGroup'),
  seccompProfile: (value, { podSecurity: { seccompProfile: podSeccomp } }) => {
    if (!isFields(value) || canonicalJson(value) !== '{"type":"RuntimeDefault"}') return 'may only be RuntimeDefault'
    const isOwn = isFields(podSeccomp) && podSeccomp['type'] === 'Localhost'
    return isOwn ? 'must be left out: the pod has a profile of its own' : undefined
  },
}

const fields: Table = {
  name: (value) =>
    isText(value) && [taskPrefix, undoPrefix].some((prefix) => String(value).startsWith(prefix))
      ? `may not begin with ${taskPrefix} or ${undoPrefix}, as those of tasks do`
      : undefined,
  image: (value, { offer: { images } }) =>
    images.some((image) => image === value) ? undefined : say`must be ${images.join(' or ')}, not ${shown(value)}`,
  // Without a target it sees only the pod's network.
  targetContainerName: (value, { target }) =>
    value === '' || value === target ? undefined : say`must be ${target}, not ${shown(value)}`,
  // Every command runs in an image that was allowed.
  command: words,
  args: words,
  workingDir: (value) => (isText(value) ? undefined : 'must be a string'),
  // A value from elsewhere could come from a Secret.
  env: list(
    (one) => isFields(one) && Object.entries(one).every(([key, is]) => ['name', 'value'].includes(key) && isText(is)),
  ),
  stdin: flag,
  stdinOnce: flag,
  tty: flag,
  imagePullPolicy: oneOf('Always', 'IfNotPresent', 'Never'),
  terminationMessagePath: oneOf('/dev/termination-log'),
  terminationMessagePolicy: oneOf('File', 'FallbackToLogsOnError'),
  resources: (value) => (isFields(value) && Object.keys(value).length === 0 ? undefined : 'must be left out'),
  securityContext: securityFields,
}

/**
 * Allows the pod's own value, or the value that the template offers. The pod's own value changes nothing, and policies
 * of a cluster set it in each container.
 */
function asPodOrOffered(field: 'runAsUser' | 'runAsGroup'): FieldRule {
  return (value, { offer, podSecurity }) => {
    if (typeof value === 'number' && (value === podSecurity[field] || value === offer[field])) return undefined
    const allowed = [podSecurity[field], offer[field]].filter((one) => one !== undefined).map(shown)
    return allowed.length > 0 ? say`may be ${allowed.join(' or ')}, not ${shown(value)}` : 'must be left out'
  }
}

function problemsIn(object: Fields, known: Table, path: string, rule: DebugRule): readonly DebugProblem[] {
  return Object.entries(object).flatMap(([field, value]) => {
    const check = Object.hasOwn(known, field) ? known[field] : undefined
    const name = path + field
    if (typeof check === 'object' && isFields(value)) return problemsIn(value, check, `${name}.`, rule)
    const problem = typeof check === 'function' ? check(value, rule) : check ? 'must be an object' : 'must be left out'
    return problem === undefined ? [] : [{ field: name, problem: say`${name} ` + problem }]
  })
}

function oneOf(...allowed: readonly (string | boolean)[]): FieldRule {
  return (value) => (allowed.some((one) => one === value) ? undefined : `may only be ${allowed.join(' or ')}`)
}

function list(isItem: (item: unknown) => boolean): FieldRule {
  return (value) => (Array.isArray(value) && value.every(isItem) ? undefined : 'may only have plain strings')
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value ?? null)
}
