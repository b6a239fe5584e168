import { expect, test } from '@jest/globals'
import { decisionEvent, loggedFields } from '../../../../src/audit/event/decision-event.ts'
import { createRedactor } from '../../../../src/audit/event/redact.ts'
import { allowed, denied } from '../../../../src/decision/decision.ts'
import { execReview, reviewOf } from '../../../fixtures/review.ts'

const long = 'x'.repeat(1_000_000)

test.each([
  ['the name of a pod', execReview({ name: long })],
  ['a namespace', execReview({ namespace: long })],
  ['a container', execReview({ object: { container: long } })],
  ['a container to attach to', reviewOf('pods/attach', { object: { container: long } })],
  ['a word', execReview({ object: { command: [long] } })],
  ['words', execReview({ object: { command: Array.from({ length: 100_000 }, () => 'x') } })],
  ['a path', reviewOf('nodes/proxy', { object: { path: long } })],
])('%s without end makes no event without end', (_title, review) => {
  const decision = denied('E_NO_PASS', 'no')

  const decided = { id: '1', uid: '2', caller: ['path'], webhook: 'gate', review, decision, durationMs: 1 } as const
  const event = decisionEvent(decided, { redactor: createRedactor([]), identity: { proofKeys: [] } })

  expect(JSON.stringify(event).length).toBeLessThan(30_000)
})

test('the log tells neither what a request asks for nor what an approver says; the event does', () => {
  const spec = { reason: 'OPS-42', attributes: { ticket: 'OPS-42' }, exec: { pod: 'web-0', container: 'app' } }
  const resource = { group: 'access.sallyport.dev', version: 'v1alpha1', resource: 'accessrequests' }
  const review = execReview({ resource, subResource: '', operation: 'CREATE', name: 'look', object: { spec } })
  const decision = allowed('STAMPED', 'stamped who asks')
  const decided = { id: '1', uid: '2', caller: ['path'], webhook: 'requests', review, decision, durationMs: 1 } as const
  const event = decisionEvent(decided, { redactor: createRedactor([]), identity: { proofKeys: [] } })

  expect(JSON.stringify(event)).toContain('OPS-42')
  expect(JSON.stringify(loggedFields(event))).not.toContain('OPS-42')
  expect(loggedFields(event)).toMatchObject({ id: '1', name: 'look', about: { requestor: { username: 'alice' } } })
})
