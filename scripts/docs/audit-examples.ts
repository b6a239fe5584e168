import { auditTypes, typeName, type AuditEvent, type AuditType } from '../../src/api/audit-event.ts'
import type { AccessRequest } from '../../src/api/kinds/access-request.ts'
import type { Phase } from '../../src/api/kinds/access-request-status.ts'
import { fromMicroTime } from '../../src/api/micro-time.ts'
import { eventOfDecision, type AuditOrigin } from '../../src/audit/event/audit-event.ts'
import { makeLink } from '../../src/audit/chain/chain.ts'
import type { DecisionEvent } from '../../src/audit/event/decision-event.ts'
import { controllerEvent, type ControllerWork } from '../../src/audit/event/controller-event.ts'
import { createRedactor } from '../../src/audit/event/redact.ts'
import { toldAsked } from '../../src/audit/event/told-asked.ts'
import { sinkTest } from '../../src/audit/event/sink-test.ts'
import { readRecord } from '../../src/audit/record/read-record.ts'

const origin: AuditOrigin = { source: '/sallyport', now: fromMicroTime('2026-11-22T08:30:00.000000Z') ?? 0 }
const request = { namespace: 'shop', name: 'look', uid: '5c4c5b0e-3d0e-4f3b-8a5e-0a8f3f1f2d11' }
const podUID = '7d0f1c9a-51a4-4c39-9d2a-2f6f2f0f7a01'
const digest = 'b1946ac92492d2347c6235b4d2611184c1b5d2d5a1f0e9d8c7b6a59483726150'
const expiresAt = '2026-11-22T09:00:00.000000Z'
const grants = [{ name: 'look-bob', uid: '2f5a7c1e-9b1d-4a53-8c11-6d7e8f901234', grantedBy: 'bob' }]
const image = 'registry.example/shop/web:1.4'
const name = 'sallyport-5c4c5b0e-3d0e-4f3b-8a5e-0a8f3f1f2d11'
const objects = ['Role', 'RoleBinding'].map((kind) => ({ kind, namespace: 'shop', name }))

const requestor = { username: 'alice', groups: ['dev', 'system:authenticated'] }
const spec = {
  reason: 'the queue is stuck',
  duration: '30m',
  attributes: { ticket: 'OPS-42' },
  exec: { pod: 'web-0', container: 'app', command: ['psql', '--password', 'hunter2'] },
}
const redactor = createRedactor([{ pattern: '^--password$', redacts: 'NextWord' }])
const asked = toldAsked({ spec }, redactor)?.asked
const approval = {
  verdict: 'Approved',
  message: 'only the queue',
  duration: '15m',
  digest: digest.slice(0, 12),
} as const

const base = {
  uid: '0c9f3a52-9f0f-4d6c-8a46-6d6d3f0e3c11',
  caller: ['path'],
  durationMs: 4.2,
  namespace: 'shop',
} as const
const alice = { user: 'alice', groups: ['dev', 'system:authenticated'] }
const bob = { user: 'bob', groups: ['sre', 'system:authenticated'] }
const allows = (code: string, message: string): Pick<DecisionEvent, 'verdict' | 'code' | 'message'> => ({
  verdict: 'allow',
  code,
  message,
})
const denies = (code: string, what: string): Pick<DecisionEvent, 'verdict' | 'code' | 'message'> => ({
  verdict: 'deny',
  code,
  message: `${what} (${code}).`,
})

const exec = {
  ...base,
  ...alice,
  webhook: 'gate.access.sallyport.dev',
  operation: 'CONNECT',
  resource: 'pods/exec',
  name: 'web-0',
  container: 'app',
  command: ['psql', '--password', '[redacted]'],
} as const
const access = { request, grants, podUID, container: 'app', image, digest, expiresAt, once: false }
const seen = { podUID, container: 'app', image, node: 'node-1' }
const noPass = 'alice has no access to pod shop/web-0 (E_NO_PASS).'

const ownKind = (
  resource: string,
  operation: string,
  webhook: string,
): Omit<DecisionEvent, 'id' | 'verdict' | 'code' | 'message'> => ({
  ...base,
  ...(resource === 'accessgrants' || resource === 'accesstemplates' ? bob : alice),
  webhook: `${webhook}.access.sallyport.dev`,
  operation,
  resource,
  name: resource === 'accessgrants' ? 'look-bob' : resource === 'accesstemplates' ? 'web-shell' : 'look',
})

const decisions = {
  'gate.allowed': { ...exec, ...allows('ACCESS', 'request look, granted by bob'), access },
  'gate.denied': { ...exec, ...denies('E_NO_PASS', 'alice has no access to pod shop/web-0'), seen, attempts: 2 },
  'gate.observed': { ...exec, ...allows('OBSERVED', noPass), would: 'E_NO_PASS', seen },
  'gate.exempted': { ...exec, ...allows('EXEMPT', 'the backup operator copies with tar') },
  'gate.bypassed': { ...exec, ...allows('BREAK_GLASS', 'break-glass: past the gate, without request and grant') },
  'request.created': {
    ...ownKind('accessrequests', 'CREATE', 'requests'),
    ...allows('STAMPED', 'stamped who asks'),
    about: { requestor, asked },
  },
  'request.refused': {
    ...ownKind('accessrequests', 'CREATE', 'requests'),
    ...denies('E_TEMPLATE_NOT_YOURS', 'alice may not ask under AccessTemplate web-shell'),
    about: {
      requestor,
      asked: { access: 'shell', reason: 'OPS-42', template: { kind: 'AccessTemplate', name: 'web-shell' } },
    },
  },
  'request.deleted': {
    ...ownKind('accessrequests', 'DELETE', 'deletions'),
    ...allows('TOLD', 'deleted by alice'),
    about: { request, requestor, asked, uid: request.uid },
  },
  'grant.made': {
    ...ownKind('accessgrants', 'CREATE', 'grants'),
    ...allows('STAMPED', 'Approved request look'),
    about: { request, requestor, verdict: approval },
  },
  'grant.refused': {
    ...ownKind('accessgrants', 'CREATE', 'grants'),
    ...denies('E_GRANT_REQUEST', 'Request look does not exist in namespace shop'),
    about: { verdict: { verdict: 'Denied', message: 'ask in the morning' } },
  },
  'grant.withdrawn': {
    ...ownKind('accessgrants', 'DELETE', 'deletions'),
    ...allows('TOLD', 'deleted by bob'),
    about: { request, grants, verdict: approval, uid: '2f5a7c1e-9b1d-4a53-8c11-6d7e8f901234' },
  },
  'template.changed': {
    ...ownKind('accesstemplates', 'UPDATE', 'templates'),
    ...allows('STAMPED', 'stamped its author'),
    isChange: true,
    about: { uid: '6e3d0c55-0a64-4a57-9f1c-3c1f6b7a8d90' },
  },
  'template.refused': {
    ...ownKind('accesstemplates', 'CREATE', 'templates'),
    ...denies('E_TEMPLATE_AUTHOR', 'bob may not bind what the template gives'),
  },
  'template.removed': {
    ...ownKind('accesstemplates', 'DELETE', 'deletions'),
    ...allows('TOLD', 'deleted by bob'),
    about: { uid: '6e3d0c55-0a64-4a57-9f1c-3c1f6b7a8d90' },
  },
  'tamper.attempted': {
    ...ownKind('accessrequests/status', 'UPDATE', 'tampering'),
    ...allows(
      'LEFT_TO_POLICY',
      'Only Sallyport may write it: the policy sallyport-writers refuses it (E_SALLYPORT_ONLY)',
    ),
    about: { request, uid: request.uid },
    attempts: 1,
  },
} as const satisfies Partial<Record<AuditType, Omit<DecisionEvent, 'id'>>>

function phased(phase: Phase, message: string): Extract<ControllerWork, { what: 'phase' }> {
  const isGranted = !['Pending', 'Denied'].includes(phase)
  const reviewer = { username: 'bob', groups: ['sre'] }
  const by = ['Scheduled', 'Approved', 'Denied', 'Revoked'].includes(phase) ? reviewer : undefined
  const revoked = { by: reviewer, message: 'the incident is over' }
  const made: AccessRequest = {
    apiVersion: 'access.sallyport.dev/v1alpha1',
    kind: 'AccessRequest',
    metadata: { ...request, resourceVersion: '7', generation: 1, creationTimestamp: '2026-11-22T08:00:00Z' },
    spec: {
      ...spec,
      requestor,
      ...(phase === 'Revoked' && { revoked }),
    },
    status: {
      phase,
      summary: 'exec web-0/app: psql --password hunter2',
      duration: '30m',
      message,
      target: { pod: 'web-0', podUID, container: 'app', image, node: 'node-1' },
      digest,
      ...(isGranted && { approvals: grants, expiresAt }),
    },
  }
  const approvers = phase === 'Pending' ? '1 more of group sre' : undefined
  return { what: 'phase', request: made, by, approvers }
}

/** A task that ended with an exit code that is not 0. */
function taskEnded(): ControllerWork {
  const outputSHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  const task = { container: `task-${request.uid}`, exitCode: 7, output: 'refused', outputBytes: 7, outputSHA256 }
  const message = `its task ended with exit code 7; its output has 7 bytes and SHA-256 ${outputSHA256}`
  const { request: made } = phased('Failed', message)
  const { exec: _exec, ...terms } = spec
  const asks = { kind: 'AccessTemplate', name: 'flush' } as const
  return {
    what: 'phase',
    by: undefined,
    request: {
      ...made,
      spec: { ...terms, requestor, templateRef: asks, task: { parameters: { queue: 'mail' } } },
      status: { ...made.status, summary: 'task web-0/app: flush --queue mail', task },
    },
  }
}

const happenings: Partial<Record<AuditType, ControllerWork>> = {
  'request.pending': phased('Pending', 'waits for a grant'),
  'request.scheduled': phased('Scheduled', 'begins at 2026-11-22T08:40:00Z'),
  'request.approved': phased('Approved', 'approved by bob'),
  'request.active': phased('Active', 'ready until 2026-11-22T09:00:00Z'),
  'request.expired': phased('Expired', 'its time is over'),
  'request.completed': phased('Completed', 'it was used'),
  'request.denied': phased('Denied', 'bob said no: ask in the morning'),
  'request.revoked': phased('Revoked', 'bob revoked it: the incident is over'),
  'request.failed': taskEnded(),
  'objects.provisioned': { what: 'objects', verb: 'provisioned', request, objects },
  'objects.repaired': { what: 'objects', verb: 'repaired', request, objects: objects.slice(1), count: 3 },
  'objects.removed': { what: 'objects', verb: 'removed', request, objects },
  'task.undone': {
    ...{
      what: 'undo',
      request,
      isUndone: true,
      objects: [{ kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'pod-1' }],
    },
    message: 'the effect of the task in pod web-0: its undo ended with exit code 0',
  },
  'task.left': {
    ...{
      what: 'undo',
      request,
      isUndone: false,
      objects: [{ kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'pod-1' }],
    },
    message:
      'the effect of the task in pod web-0: its undo ended with exit code 1, so the effect of its task may still be there',
  },
  'tamper.found': {
    what: 'tampering',
    request,
    objects: objects.slice(1),
    finding: { code: 'E_OBJECT_CHANGED', outcome: 'restored' },
    message: `RoleBinding ${name} was changed`,
    count: 3,
  },
}

/** A record that Sallyport did not write. Only a person who can stop the policies can make one. */
const strange: Parameters<typeof readRecord>[0] = {
  metadata: { name: 'event-0d5f-7', namespace: 'sallyport-system' },
  spec: { id: 'x', type: typeName('gate.allowed'), time: '2026-11-22T08:30:00.000000Z', events: [{ note: 'nothing' }] },
}

/** Returns one event of each type for the docs. The code that makes real events makes them. */
export function auditExamples(): readonly AuditEvent[] {
  const first = eventOfDecision({ ...decisions['gate.allowed'], id: idOf(0) }, origin)
  const placed = first && { ...first, data: { ...first.data, position: { boot: '0d5f', sequence: 1 } } }
  const made = new Map<string, AuditEvent | undefined>([
    ...Object.entries(decisions).map(([type, event], index): [string, AuditEvent | undefined] => [
      type,
      eventOfDecision({ ...event, id: idOf(index) }, origin),
    ]),
    ...Object.entries(happenings).map(([type, one]): [string, AuditEvent | undefined] => [
      type,
      controllerEvent(one, origin, redactor),
    ]),
    ['event.unreadable', readRecord(strange).events[0]],
    ['sink.tested', sinkTest(origin, idOf(40))],
    ['chain.linked', makeLink({ index: 0 }, placed ? [placed] : [], origin)],
  ])
  return (Object.keys(auditTypes) as AuditType[]).flatMap((type) => {
    const event = made.get(type)
    if (event?.type !== typeName(type)) throw new Error(`scripts/docs/audit-examples.ts lacks an example of ${type}`)
    return [event]
  })
}

function idOf(index: number): string {
  return `3f0c1d2e-8a4b-4c6d-9e0f-1122334455${(16 + index).toString(16)}`
}
