import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { auditExamples } from '../../../../scripts/docs/audit-examples.ts'
import type { Review } from '../../../../src/api/review/admission-review.ts'
import { AuditEvent } from '../../../../src/api/audit-event.ts'
import { schemaCheck } from '../../../../src/api/schema/schema-check.ts'
import { eventOfDecision } from '../../../../src/audit/event/audit-event.ts'
import { decisionEvent } from '../../../../src/audit/event/decision-event.ts'
import { createRedactor } from '../../../../src/audit/event/redact.ts'
import { allowed, denied, type Decision } from '../../../../src/decision/decision.ts'
import { execReview } from '../../../fixtures/review.ts'

const checkEvent = schemaCheck(AuditEvent, 'event')
const origin = { source: '/test', now: 1_795_000_000_000 }
const identity = { proofKeys: ['authentication.kubernetes.io/credential-id'] }
const no = denied('E_NO_PASS', 'no')
const stamped = allowed('STAMPED', 'stamped')

function told(review: Review, decision: Decision = no, webhook = 'gate.access.sallyport.dev'): AuditEvent | undefined {
  const decided = { id: 'id', uid: 'uid', caller: ['path'], webhook, review, decision, durationMs: 1 } as const
  const event = decisionEvent(decided, { redactor: createRedactor([]), identity })
  return eventOfDecision(event, origin)
}

const ownKind = (resource: string, fields: Partial<Review> = {}): Review =>
  execReview({
    resource: { group: 'access.sallyport.dev', version: 'v1alpha1', resource },
    subResource: '',
    operation: 'CREATE',
    object: { spec: { reason: 'x' } },
    ...fields,
  })

test.each(auditExamples())('the example of $type keeps the schema', (event) => {
  expect(checkEvent(event)).toMatchObject({ ok: true })
})

test('whatever is tried by whomever keeps the schema, and shows no control character', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.string({ unit: 'binary', minLength: 1_500, maxLength: 1_600 }),
  )
  fc.assert(
    fc.property(text, fc.array(text), fc.array(text, { maxLength: 100 }), (name, command, groups) => {
      const userInfo = { username: name || 'x', groups }
      const event = told(execReview({ name, namespace: name, userInfo, object: { container: name, command } }))

      expect(checkEvent(event)).toMatchObject({ ok: true })
      const texts: string[] = []
      JSON.stringify(event, (_key, value: unknown) => (typeof value === 'string' ? texts.push(value) : value))
      expect(texts.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      expect(JSON.stringify(event).isWellFormed()).toBe(true)
    }),
  )
})

describe('what happened has its type', () => {
  const requests = 'requests.access.sallyport.dev'
  const grants = 'grants.access.sallyport.dev'
  const templates = 'templates.access.sallyport.dev'
  const again = { operation: 'UPDATE', oldObject: { spec: { reason: 'x', author: { username: 'bob' } } } } as const
  test.each([
    ['gate.denied', execReview(), no, undefined],
    ['gate.allowed', execReview(), allowed('NODE_PATH_ALLOWED', 'metrics'), undefined],
    ['gate.exempted', execReview(), allowed('EXEMPT', 'an operator'), undefined],
    ['gate.observed', execReview(), { ...allowed('OBSERVED', 'x'), would: no }, undefined],
    ['gate.bypassed', execReview(), allowed('BREAK_GLASS', 'x'), 'break-glass.access.sallyport.dev'],
    ['request.created', ownKind('accessrequests'), stamped, requests],
    ['request.refused', ownKind('accessrequests'), no, requests],
    ['grant.made', ownKind('accessgrants'), stamped, grants],
    ['grant.refused', ownKind('accessgrants'), no, grants],
    ['template.changed', ownKind('accesstemplates'), stamped, templates],
    ['template.changed', ownKind('accesstemplates', { ...again, object: { spec: {} } }), stamped, templates],
    ['template.refused', ownKind('accesstemplates'), no, templates],
  ] as const)('%s', (type, review, decision, webhook) => {
    expect(told(review, decision, webhook)?.type).toBe(`dev.sallyport.${type}.v1`)
  })

  test.each([
    ['a request that is applied again', ownKind('accessrequests', again), requests],
    ['a template that is applied again', ownKind('accesstemplates', again), templates],
    ['a dry run', ownKind('accessrequests', { dryRun: true }), requests],
  ])('%s is nothing that happened', (_title, review, webhook) => {
    expect(told(review, stamped, webhook)).toBeUndefined()
  })
})

describe('of a request it is told who asks, and what', () => {
  const spec = { reason: 'OPS-42', duration: '30m', exec: { pod: 'web-0', command: ['id'] } }
  const asked = { access: 'exec', reason: 'OPS-42', duration: '30m', pod: 'web-0', command: ['id'] }
  const stored = { metadata: { name: 'look', uid: 'r-1' }, spec: { ...spec, requestor: { username: 'carol' } } }
  const webhook = 'requests.access.sallyport.dev'

  test.each([
    ['created', stamped],
    ['refused', no],
  ])('%s: who is logged in, whatever is written', (_type, decision) => {
    const event = told(ownKind('accessrequests', { object: stored }), decision, webhook)

    expect(event?.data).toMatchObject({ actor: { username: 'alice' }, requestor: { username: 'alice' }, asked })
  })

  test('whose change is refused: who was stamped, and what was asked before', () => {
    const changed = { ...stored, spec: { ...stored.spec, reason: 'another', requestor: { username: 'mallory' } } }
    const review = ownKind('accessrequests', { operation: 'UPDATE', object: changed, oldObject: stored })

    expect(told(review, no, webhook)?.data).toMatchObject({
      actor: { username: 'alice' },
      requestor: { username: 'carol' },
      asked,
    })
  })

  test('that is deleted', () => {
    const review = ownKind('accessrequests', { operation: 'DELETE', object: null, oldObject: stored })

    expect(told(review, allowed('TOLD', 'deleted'), 'deletions.access.sallyport.dev')?.data).toMatchObject({
      actor: { username: 'alice' },
      requestor: { username: 'carol' },
      asked,
    })
  })

  test.each<[string, object]>([
    ['that the schema does not take', { spec: { ...spec, reason: 'x'.repeat(2_049) } }],
    ['with a key of attributes that is too long', { spec: { ...spec, attributes: { ['k'.repeat(64)]: 'x' } } }],
    ['that names two kinds of access', { spec: { ...spec, role: {} } }],
  ])('%s: nobody knows what it asks for', (_title, object) => {
    expect(told(ownKind('accessrequests', { object }), stamped, webhook)?.data).not.toHaveProperty('asked')
  })
})

describe('of a verdict it is told what it says', () => {
  const digest = 'b'.repeat(12)
  const said = { verdict: 'Approved', message: 'be quick', duration: '15m', digest }
  const object = { metadata: { name: 'look-bob' }, spec: { ...said, requestRef: { name: 'look' } } }
  const requestor = { username: 'alice', groups: ['dev'] }
  const grants = 'grants.access.sallyport.dev'

  test.each([
    ['made', stamped],
    ['refused', no],
  ])('%s', (_type, decision) => {
    const event = told(ownKind('accessgrants', { object }), { ...decision, requestor }, grants)

    expect(event?.data).toMatchObject({ verdict: said, requestor })
  })

  test('withdrawn', () => {
    const review = ownKind('accessgrants', { operation: 'DELETE', object: null, oldObject: object })

    expect(told(review, allowed('TOLD', 'deleted'), 'deletions.access.sallyport.dev')?.data.verdict).toEqual(said)
  })

  test('and nothing where the schema does not take it', () => {
    const wrong = { ...object, spec: { ...object.spec, verdict: 'Maybe' } }

    expect(told(ownKind('accessgrants', { object: wrong }), no, grants)?.data).not.toHaveProperty('verdict')
  })
})

test.each<[string, object, string]>([
  ['a uid', { username: 'alice', uid: 'u-1' }, 'direct'],
  ['a key of the config', { username: 'alice', extra: { [identity.proofKeys[0] ?? '']: ['x'] } }, 'direct'],
  ['neither, as under --as', { username: 'alice', uid: '', extra: { other: ['x'] } }, 'unproven'],
])('of a login with %s it is told', (_what, userInfo, login) => {
  const event = told(execReview({ userInfo: userInfo as Review['userInfo'] }))

  expect(event?.data.actor).toEqual({ username: 'alice', login })
})

describe('what the rules of the config withhold', () => {
  const redactor = createRedactor([
    { pattern: '(?i)(password|token)=', redacts: 'Word' },
    { pattern: '^--password$', redacts: 'NextWord' },
  ])
  const withhold = (command: readonly string[], decision: Decision = no): AuditEvent | undefined => {
    const review = execReview({ object: { container: 'app', command } })
    const webhook = 'gate.access.sallyport.dev'
    return eventOfDecision(
      decisionEvent(
        { id: 'id', uid: 'u', caller: ['path'], webhook, review, decision, durationMs: 1 },
        { redactor, identity },
      ),
      origin,
    )
  }

  test.each([
    [
      ['env', 'PASSWORD=hunter2'],
      ['env', '[redacted]'],
    ],
    [
      ['mysql', '--password', 'hunter2', 'shop'],
      ['mysql', '--password', '[redacted]', 'shop'],
    ],
    [
      ['mysql', '--password'],
      ['mysql', '--password'],
    ],
    [
      ['sh', '-c', "mysql --password 'hunter2' shop"],
      ['sh', '-c', '[redacted]'],
    ],
    [
      ['sh', '-c', 'mysql --help'],
      ['sh', '-c', 'mysql --help'],
    ],
  ])('%j is told as %j', (command, shown) => {
    expect(withhold(command)?.data.tried?.command).toEqual(shown)
  })

  test('is in the denial neither, which quotes the command', () => {
    const quoting = denied('E_NO_PASS', 'no', 'Ask, and go in: kubectl access exec web-0 -- mysql --password hunter2')

    const event = withhold(['mysql', '--password', 'hunter2'], quoting)

    expect(JSON.stringify(event)).not.toContain('hunter2')
    expect(event?.data.decision?.message).toContain('(E_NO_PASS)')
  })

  test.each([
    'This access to shop/web-0 is for the command ["mysql","--password","hunter2"], not for ["id"]',
    'This access to shop/web-0 is for the command ["env","PASSWORD=hunter2"], not for ["id"]',
    'Ask, and go in: kubectl access exec web-0 -- mysql --password hunter2',
    "Ask, and go in: kubectl access exec web-0 -- mysql '--password' 'hunter2'",
    'This access is for the command ["mysql","--password","hunter2 and mo…',
  ])('is in no denial that quotes what a request is for: %s', (message) => {
    const event = withhold(['id'], denied('E_NOT_ASKED', message))

    expect(JSON.stringify(event)).not.toContain('hunter2')
    expect(event?.data.decision?.message).toContain('(E_NOT_ASKED)')
  })

  test('is all that is withheld', () => {
    const event = withhold(['id'], denied('E_NOT_ASKED', 'This access is for the command ["mysql"], not for ["id"]'))

    expect(event?.data.decision?.message).toContain('["mysql"]')
  })

  test('cannot be found by a hash', () => {
    const event = withhold(['TOKEN=1234', 'x'.repeat(5_000)])

    expect(event?.data.tried).not.toHaveProperty('commandHash')
  })
})

test('an argv that was cut has the hash of the whole', () => {
  const of = (last: string): string | undefined =>
    told(execReview({ object: { command: ['x'.repeat(5_000), last] } }))?.data.tried?.commandHash

  expect(of('a')).toMatch(/^[0-9a-f]{64}$/)
  expect(of('a')).not.toBe(of('b'))
  expect(told(execReview())?.data.tried).not.toHaveProperty('commandHash')
})
