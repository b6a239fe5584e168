import { typeName, type AuditData, type AuditEvent, type AuditType } from '../../api/audit-event.ts'
import { apiGroup, apiVersion } from '../../api/kinds/kind.ts'
import { printableWhole } from '../../api/printable.ts'

/** The object that a Kubernetes Event is about. */
export interface ObjectRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  /** Without it, `kubectl describe` does not find the Event. */
  readonly uid?: string
}

/** A Kubernetes Event that is made from an audit event. */
export interface KubernetesEvent {
  readonly regarding: ObjectRef
  readonly related?: ObjectRef
  readonly type: 'Normal' | 'Warning'
  /** The type of the audit event in CamelCase. */
  readonly reason: string
  readonly action: string
  readonly note: string
  /** The part of Sallyport that tells it. */
  readonly controller: string
  /** Id and time of the audit event. */
  readonly id: string
  readonly time: string
  readonly count: number
}

type EventTold = { readonly action: string; readonly isWarning?: true } | undefined

// `request.created` has no Event: the request does not exist yet, so the Event would be about nothing.
const told: Readonly<Record<AuditType, EventTold>> = {
  'gate.allowed': { action: 'Connect' },
  'gate.denied': { action: 'Connect', isWarning: true },
  'gate.observed': { action: 'Connect', isWarning: true },
  'gate.exempted': { action: 'Connect' },
  'gate.bypassed': { action: 'Connect', isWarning: true },
  'request.created': undefined,
  'request.refused': { action: 'Admit', isWarning: true },
  'request.pending': { action: 'Decide' },
  'request.scheduled': { action: 'Decide' },
  'request.approved': { action: 'Decide' },
  'request.active': { action: 'Provide' },
  'request.expired': { action: 'End' },
  'request.completed': { action: 'End' },
  'request.denied': { action: 'Decide', isWarning: true },
  'request.revoked': { action: 'End', isWarning: true },
  'request.failed': { action: 'End', isWarning: true },
  'request.deleted': { action: 'Delete' },
  'grant.made': { action: 'Grant' },
  'grant.refused': { action: 'Grant', isWarning: true },
  'grant.withdrawn': { action: 'Grant', isWarning: true },
  'template.changed': { action: 'Admit' },
  'template.refused': { action: 'Admit', isWarning: true },
  'template.removed': { action: 'Delete' },
  'objects.provisioned': { action: 'Provide' },
  'objects.repaired': { action: 'Repair', isWarning: true },
  'objects.removed': { action: 'Remove' },
  'task.undone': { action: 'Undo' },
  'task.left': { action: 'Undo', isWarning: true },
  'tamper.attempted': { action: 'Write', isWarning: true },
  'tamper.found': { action: 'Repair', isWarning: true },
  // It is not about an object, but the finding that comes with it is.
  'event.unreadable': undefined,
  'sink.tested': undefined,
  'chain.linked': undefined,
}

const types = new Map((Object.keys(told) as AuditType[]).map((type) => [typeName(type), type]))

/** Returns the Kubernetes Events of an audit event: one on each object at which people would look for it. */
export function kubernetesEvents({ id, type: fullType, time, data }: AuditEvent): readonly KubernetesEvent[] {
  const type = types.get(fullType)
  const how = type && told[type]
  if (!how) return []
  const common = {
    type: how.isWarning ? ('Warning' as const) : ('Normal' as const),
    reason: camelCase(type),
    action: how.action,
    note: cutBytes(printableWhole(noteOf(data)), maxNoteBytes),
    controller: `${apiGroup}/${data.decision ? 'gate' : 'controller'}`,
    id,
    time,
    count: data.decision?.attempts ?? data.count ?? 1,
  }
  return regardingOf(type, data)
    .filter(({ regarding }) => isPossible(regarding))
    .map(({ regarding, related }) => ({ ...common, regarding, ...(related && isPossible(related) && { related }) }))
}

/**
 * True if the API server takes an Event about this object. Anybody may try a pod's name of 900 KB, and it takes none
 * about that.
 */
function isPossible({ name, namespace = '' }: ObjectRef): boolean {
  return name.length <= 253 && namespace.length <= 63
}

function camelCase(type: AuditType): string {
  return type.replace(/(?:^|\.)([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}

type Refs = Pick<KubernetesEvent, 'regarding' | 'related'>

function regardingOf(type: AuditType, data: AuditData): readonly Refs[] {
  return type.startsWith('gate.') ? atTheGate(data) : elsewhere(data)
}

/** Returns both objects: some people look at the pod, others at the request. */
function atTheGate(data: AuditData): readonly Refs[] {
  const where = triedRef(data)
  const request = requestRef(data)
  if (!where) return []
  if (!request) return [{ regarding: where }]
  return [
    { regarding: where, related: request },
    { regarding: request, related: where },
  ]
}

function elsewhere(data: AuditData): readonly Refs[] {
  const request = requestRef(data)
  const others = [ownRef(data), madeRef(data), podRef(data)].filter((ref) => ref !== undefined)
  const [regarding, related] = [request, ...others.filter(({ kind }) => !request || kind !== 'AccessRequest')].filter(
    (ref) => ref !== undefined,
  )
  return regarding ? [{ regarding, ...(related && { related }) }] : []
}

function requestRef({ request }: AuditData): ObjectRef | undefined {
  return request && { apiVersion, kind: 'AccessRequest', ...request }
}

function podRef({ target, request }: AuditData): ObjectRef | undefined {
  if (target?.pod === undefined || target.podUID === undefined || !request) return undefined
  return { apiVersion: 'v1', kind: 'Pod', namespace: request.namespace, name: target.pod, uid: target.podUID }
}

const connected: Readonly<Record<string, string>> = { pods: 'Pod', services: 'Service', nodes: 'Node' }

/** Returns the object to which the user tried to connect. */
function triedRef({ tried, target }: AuditData): ObjectRef | undefined {
  const ref = refOf('v1', connected, tried)
  // For a node, `kubectl describe` uses the name as its uid, as the kubelet does.
  const uid = ref?.kind === 'Node' ? ref.name : target?.podUID
  return ref && uid !== undefined ? { ...ref, uid } : ref
}

function refOf(
  version: string,
  kinds: Readonly<Record<string, string>>,
  tried: AuditData['tried'],
): ObjectRef | undefined {
  const kind = kinds[tried?.resource?.split('/')[0] ?? '']
  if (kind === undefined || !tried?.name) return undefined
  const { namespace, name, uid } = tried
  return { apiVersion: version, kind, ...(namespace && { namespace }), name, ...(uid !== undefined && { uid }) }
}

const ownKinds: Readonly<Record<string, string>> = {
  accessrequests: 'AccessRequest',
  accessgrants: 'AccessGrant',
  accesspasses: 'AccessPass',
  accessrecords: 'AccessRecord',
  accesstemplates: 'AccessTemplate',
  clusteraccesstemplates: 'ClusterAccessTemplate',
}

/** Returns the object of our own kinds that the user tried to write. */
function ownRef({ tried }: AuditData): ObjectRef | undefined {
  return refOf(apiVersion, ownKinds, tried)
}

const groups: Readonly<Record<string, string>> = {
  Pod: 'v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  ClusterRoleBinding: 'rbac.authorization.k8s.io/v1',
  AccessRecord: apiVersion,
}
const admission = 'admissionregistration.k8s.io/v1'

function madeRef({ objects: [first] = [] }: AuditData): ObjectRef | undefined {
  return first && { apiVersion: groups[first.kind] ?? admission, ...first }
}

function noteOf({ actor, tried, decision, message, phase, objects = [] }: AuditData): string {
  if (!decision) return message ?? phase ?? objects.map(({ kind, name }) => `${kind} ${name}`).join(', ')
  // The result comes first: an argv may be longer than a note.
  return `${gist(decision)}; ${actor?.username ?? 'somebody'}, ${whatOf(tried)}`
}

function whatOf({ operation, resource, container, command }: NonNullable<AuditData['tried']> = {}): string {
  const what = [operation, resource, container].filter(Boolean).join(' ')
  return command ? `${what}: ${command.join(' ')}` : what
}

/**
 * Returns the first sentence of a denial. The remedy follows on separate lines, and is only for the user who was
 * denied.
 */
function gist({ code, message }: NonNullable<AuditData['decision']>): string {
  const end = message.indexOf(`(${code})`)
  return end === -1 ? message : message.slice(0, end + code.length + 2)
}

// The limit of the API server, which counts bytes.
const maxNoteBytes = 1_024

function cutBytes(text: string, max: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= max) return text
  // This leaves room for the mark, and never half a character.
  return `${bytes
    .subarray(0, max - 6)
    .toString()
    .replace(/\uFFFD+$/, '')}…`
}
