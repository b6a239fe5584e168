import { describe, expect, test } from '@jest/globals'
import { auditExamples } from '../../../../scripts/docs/audit-examples.ts'
import type { AuditData, AuditEvent, AuditType } from '../../../../src/api/audit-event.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { kubernetesEvents } from '../../../../src/audit/kubernetes-events/kubernetes-event.ts'

const origin = { source: '/test', now: 1_795_000_000_000 }
const request = { namespace: 'shop', name: 'look', uid: 'u-1' }

function event(type: AuditType, data: AuditData): AuditEvent {
  return { ...envelope(type, 'id', origin), data }
}

function denied(data: AuditData = {}): AuditEvent {
  const decision = {
    id: 'id',
    reviewUID: 'r',
    webhook: 'gate',
    verdict: 'deny',
    code: 'E_NO_PASS',
    latencyMs: 1,
  } as const
  const message = 'alice has no access to pod shop/web-0 (E_NO_PASS). Ask, and go in:\\u000akubectl access exec web-0'
  return event('gate.denied', {
    actor: { username: 'alice' },
    tried: {
      operation: 'CONNECT',
      resource: 'pods/exec',
      namespace: 'shop',
      name: 'web-0',
      container: 'app',
      command: ['id'],
    },
    decision: { ...decision, message },
    target: { pod: 'web-0', podUID: 'p-1' },
    ...data,
  })
}

test.each(auditExamples())('$type keeps what the API server asks of an Event', (example) => {
  for (const one of kubernetesEvents(example)) {
    expect(one.reason).toMatch(/^[A-Z][A-Za-z]{1,127}$/)
    expect(one.action).toMatch(/^[A-Z][A-Za-z]{1,127}$/)
    expect(Buffer.byteLength(one.note)).toBeLessThanOrEqual(1_024)
    expect(one.note).not.toBe('')
    expect(one.regarding.name).not.toBe('')
    expect(one.id).toBe(example.id)
  }
})

test('what was denied is told on the pod, as a warning, without the remedy that is for who was denied', () => {
  expect(kubernetesEvents(denied())).toEqual([
    {
      regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-0', uid: 'p-1' },
      type: 'Warning',
      reason: 'GateDenied',
      action: 'Connect',
      note: 'alice has no access to pod shop/web-0 (E_NO_PASS); alice, CONNECT pods/exec app: id',
      controller: 'access.sallyport.dev/gate',
      id: 'id',
      time: envelope('gate.denied', 'id', origin).time,
      count: 1,
    },
  ])
})

test('who was let in is told on the pod and on the request, each with the other', () => {
  const allowed = { ...denied({ request }), type: 'dev.sallyport.gate.allowed.v1' } as AuditEvent

  const told = kubernetesEvents(allowed)

  expect(told.map(({ regarding, related }) => [regarding.kind, related?.kind])).toEqual([
    ['Pod', 'AccessRequest'],
    ['AccessRequest', 'Pod'],
  ])
  expect(told.map(({ regarding }) => regarding.uid)).toEqual(['p-1', 'u-1'])
})

test('nothing in a note moves the terminal of who describes the pod', () => {
  const [told] = kubernetesEvents(denied({ ...denied().data, actor: { username: 'a\u009b31m\u001b[0m\u202eb' } }))

  expect(told?.note).toContain('a\\u009b31m\\u001b[0m\\u202eb')
})

test('a denial that came twice counts as two', () => {
  const one = denied()
  const twice = { ...one, data: { ...one.data, decision: { ...one.data.decision, attempts: 2 } } } as AuditEvent

  expect(kubernetesEvents(twice)).toMatchObject([{ count: 2 }])
})

test.each(['x'.repeat(5_000), 'ü'.repeat(2_000), '🙂'.repeat(1_000), `x${'🙂'.repeat(1_000)}`])(
  'a note is cut to what the API server takes, and never within a character',
  (word) => {
    const [told] = kubernetesEvents(
      denied({ ...denied().data, tried: { resource: 'pods/exec', name: 'web-0', command: [word] } }),
    )

    const bytes = Buffer.byteLength(told?.note ?? '')
    expect(bytes).toBeLessThanOrEqual(1_024)
    expect(bytes).toBeGreaterThan(1_000)
    expect(told?.note).toMatch(/(x|ü|🙂)…$/u)
    expect(told?.note).not.toContain('\uFFFD')
  },
)

describe('what an Event is about', () => {
  test.each<[string, AuditType, AuditData, object]>([
    [
      'a node by its name',
      'gate.denied',
      { tried: { resource: 'nodes/proxy', name: 'n-1' } },
      { kind: 'Node', name: 'n-1', uid: 'n-1' },
    ],
    [
      'the request of a verdict',
      'grant.made',
      { request, tried: { resource: 'accessgrants', namespace: 'shop', name: 'g' } },
      { kind: 'AccessRequest', uid: 'u-1' },
    ],
    [
      'the pass that somebody tried to write',
      'tamper.attempted',
      { tried: { resource: 'accesspasses', namespace: 'shop', name: 'p-x' } },
      { kind: 'AccessPass', name: 'p-x' },
    ],
    [
      'the webhook configuration that was changed',
      'tamper.found',
      { objects: [{ kind: 'ValidatingWebhookConfiguration', name: 'sallyport' }] },
      { apiVersion: 'admissionregistration.k8s.io/v1', name: 'sallyport' },
    ],
  ])('%s', (_title, type, data, regarding) => {
    expect(kubernetesEvents(event(type, data))).toMatchObject([{ regarding }])
  })

  test.each<[AuditType, AuditData]>([
    ['request.created', { tried: { resource: 'accessrequests', namespace: 'shop', name: 'look' } }],
    ['chain.linked', {}],
    ['gate.denied', { tried: { resource: 'pods/exec', namespace: 'shop' } }],
  ])('nothing that is there: %s has none', (type, data) => {
    expect(kubernetesEvents(event(type, data))).toEqual([])
  })
})
