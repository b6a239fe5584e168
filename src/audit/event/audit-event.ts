import { typeName, type AuditEvent, type AuditType } from '../../api/audit-event.ts'
import type { Instant } from '../../api/duration.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import type { AccessUsed } from '../../decision/decision.ts'
import type { DecisionEvent } from './decision-event.ts'
import { fittedEvent } from './fitted-event.ts'

/** The fields that every event of an installation has. */
export interface AuditOrigin {
  readonly source: string
  readonly now: Instant
}

/**
 * Returns the event of a decision. Returns undefined if nothing worth an event happened: the same file applied again,
 * or a dry run.
 */
export function eventOfDecision(decision: DecisionEvent, origin: AuditOrigin): AuditEvent | undefined {
  const type = typeOfDecision(decision)
  if (type === undefined) return undefined
  const { access, cut, name } = decision
  const subject = subjectOf(decision)
  return fittedEvent({
    ...envelope(type, decision.reverses === undefined ? decision.id : `${decision.id}.reversed`, origin),
    ...(subject !== '' && { subject }),
    data: {
      actor: actorOf(decision),
      tried: triedOf(decision),
      decision: judgementOf(decision),
      ...(access ? accessOf(access, name) : aboutOf(decision)),
      cut,
    },
  })
}

/** Names the object. An object without a name yet is known by the beginning of its name. */
function subjectOf({ namespace, name, generateName }: DecisionEvent): string {
  return [namespace, name ?? generateName].filter((part) => part !== undefined && part !== '').join('/')
}

function accessOf({ request, grants, podUID, container, image, digest, expiresAt }: AccessUsed, pod?: string): object {
  return { request, grants, target: { pod, podUID, container, image }, digest, expiresAt }
}

function aboutOf({ about, seen, name }: DecisionEvent): object {
  const { request, requestor, asked, verdict, grants } = about ?? {}
  return { request, requestor, asked, verdict, grants, target: seen && { pod: name, ...seen } }
}

/** Returns the fields with which all events begin. */
export function envelope(type: AuditType, id: string, { source, now }: AuditOrigin): Omit<AuditEvent, 'data'> {
  const datacontenttype = 'application/json'
  return { specversion: '1.0', id, source, type: typeName(type), time: toMicroTime(now), datacontenttype }
}

const ownNouns: Readonly<Record<string, 'request' | 'grant' | 'template'>> = {
  'requests.access.sallyport.dev': 'request',
  'grants.access.sallyport.dev': 'grant',
  'templates.access.sallyport.dev': 'template',
}

// A caller names the resource. An object would also have `toString`.
const deletionTypes: ReadonlyMap<string, AuditType> = new Map([
  ['accessrequests', 'request.deleted'],
  ['accessgrants', 'grant.withdrawn'],
  ['accesstemplates', 'template.removed'],
  ['clusteraccesstemplates', 'template.removed'],
])

function typeOfDecision(event: DecisionEvent): AuditType | undefined {
  if (event.dryRun) return undefined
  const noun = ownNouns[event.webhook]
  return noun === undefined ? typeElsewhere(event) : typeOfStamped(event, noun)
}

function typeElsewhere(event: DecisionEvent): AuditType | undefined {
  if (event.code === 'LEFT_TO_POLICY') return 'tamper.attempted'
  return event.code === 'TOLD' ? deletionTypes.get(event.resource ?? '') : typeAtTheGate(event)
}

function typeOfStamped(event: DecisionEvent, noun: 'request' | 'grant' | 'template'): AuditType | undefined {
  if (event.verdict === 'deny') return `${noun}.refused`
  // An update has no event if it is the same file once more, or a revocation, which its phase tells of.
  if (noun === 'template') return event.isChange ? 'template.changed' : undefined
  if (event.operation !== 'CREATE') return undefined
  return noun === 'request' ? 'request.created' : 'grant.made'
}

const gateTypes: Readonly<Record<string, AuditType>> = {
  EXEMPT: 'gate.exempted',
  OBSERVED: 'gate.observed',
  BREAK_GLASS: 'gate.bypassed',
}

function typeAtTheGate({ verdict, code }: DecisionEvent): AuditType {
  return verdict === 'deny' ? 'gate.denied' : (gateTypes[code] ?? 'gate.allowed')
}

function actorOf({ user, groups, login }: DecisionEvent): object | undefined {
  return user === undefined ? undefined : { username: user, groups, login }
}

function triedOf(event: DecisionEvent): object {
  const { operation, resource, namespace, name, generateName, container, command, commandHash, path, about } = event
  return { operation, resource, namespace, name, generateName, uid: about?.uid, container, command, commandHash, path }
}

function judgementOf(event: DecisionEvent): object {
  const { id, uid, webhook, caller, verdict, code, message, would, durationMs, attempts, otherIds, reverses } = event
  const more = { attempts, otherIds, reverses }
  return { id, reviewUID: uid, webhook, caller, verdict, code, message, would, latencyMs: durationMs, ...more }
}
