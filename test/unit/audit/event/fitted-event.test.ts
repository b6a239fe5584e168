import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import type { Review } from '../../../../src/api/review/admission-review.ts'
import { AuditEvent } from '../../../../src/api/audit-event.ts'
import type { AccessRecordDraft } from '../../../../src/api/kinds/access-record.ts'
import { schemaCheck } from '../../../../src/api/schema/schema-check.ts'
import { envelope, eventOfDecision } from '../../../../src/audit/event/audit-event.ts'
import { decisionEvent } from '../../../../src/audit/event/decision-event.ts'
import { fittedEvent } from '../../../../src/audit/event/fitted-event.ts'
import { controllerEvent } from '../../../../src/audit/event/controller-event.ts'
import { kubernetesEvents } from '../../../../src/audit/kubernetes-events/kubernetes-event.ts'
import { readRecord } from '../../../../src/audit/record/read-record.ts'
import { createRecordWriter } from '../../../../src/audit/record/record-writer.ts'
import { createRedactor } from '../../../../src/audit/event/redact.ts'
import { denied, type Decision } from '../../../../src/decision/decision.ts'
import { execReview } from '../../../fixtures/review.ts'
import { anyDecision, anyReview, anyText } from './sent-by-users.ts'

const checkEvent = schemaCheck(AuditEvent, 'event')
const origin = { source: '/test', now: 1_795_000_000_000 }
const { signal } = new AbortController()
const webhooks = ['gate', 'requests', 'grants', 'templates', 'deletions', 'tampering'].map(
  (name) => `${name}.access.sallyport.dev`,
)
const rules = createRedactor([{ pattern: '(?i)token=', redacts: 'Word' }])

function told(review: Review, decision: Decision, webhook = 'gate.access.sallyport.dev'): AuditEvent | undefined {
  const decided = { id: 'id', uid: 'uid', caller: ['path'] as const, webhook, review, decision, durationMs: 1 }
  return eventOfDecision(decisionEvent(decided, { redactor: rules, identity: { proofKeys: [] } }), origin)
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

// Writes events and reads the records back by themselves. Reading must not report any of them as changed.
async function writtenAndRead(events: readonly AuditEvent[]): Promise<readonly AuditEvent[]> {
  const records: AccessRecordDraft[] = []
  const writer = createRecordWriter({
    boot: 'boot',
    create: (record) => {
      records.push(record)
      return Promise.resolve()
    },
  })
  await Promise.all(events.map((event) => writer.write(event, [], signal)))
  const read = records.map(readRecord)
  expect(read.flatMap(({ problems }) => problems)).toEqual([])
  return read.flatMap((one) => one.events)
}

test('whatever anybody sends makes an event that the schema takes, that tells it, and that is read as it was written', async () => {
  const sent = fc.array(fc.tuple(anyReview, anyDecision, fc.constantFrom(...webhooks)), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(sent, async (all) => {
      const events = all.flatMap(([review, decision, webhook]) => told(review, decision, webhook) ?? [])
      for (const event of events) {
        expect(checkEvent(event)).toMatchObject({ ok: true })
        expect(event.data.unreadable).toBeUndefined()
        expect(event.data.actor).toBeDefined()
        expect(event.data.decision?.id).toBe('id')
        expect(JSON.stringify(event).length).toBeLessThanOrEqual(131_072)
        expect(JSON.stringify(event).isWellFormed()).toBe(true)
      }
      const read = await writtenAndRead(events)
      expect(read.map(({ data: { position: _place, ...data }, ...about }) => ({ ...about, data }))).toEqual(events)
    }),
    { numRuns: 300 },
  )
})

test('and Kubernetes Events within the bounds of the API server', () => {
  fc.assert(
    fc.property(anyReview, anyDecision, fc.constantFrom(...webhooks), (review, decision, webhook) => {
      const event = told(review, decision, webhook)
      for (const one of event ? kubernetesEvents(event) : []) {
        expect(Buffer.byteLength(one.note)).toBeLessThanOrEqual(1_024)
        for (const { name, namespace = 'default' } of [one.regarding, ...(one.related ? [one.related] : [])]) {
          expect(name.length).toBeLessThanOrEqual(253)
          expect(namespace.length).toBeLessThanOrEqual(63)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('so does what the controller makes and finds', () => {
  const object = fc.record({ kind: fc.constant('Pod'), namespace: anyText, name: anyText, uid: anyText })
  fc.assert(
    fc.property(
      fc.array(object, { minLength: 1, maxLength: 100 }),
      fc.array(anyText, { maxLength: 100 }),
      anyText,
      (objects, differences, message) => {
        const finding = { code: 'E_OBJECT_CHANGED', outcome: 'restored' as const, differences }
        const event = controllerEvent({ what: 'tampering', objects, finding, message }, origin, rules)

        expect(checkEvent(event)).toMatchObject({ ok: true })
        expect(event?.data.unreadable).toBeUndefined()
      },
    ),
  )
})

const no = denied('E_NO_PASS', 'no')

describe('what was cut is named, with how much there was and a hash of it', () => {
  const long = 'é'.repeat(10_000)
  const words = Array.from({ length: 4_200 }, () => '')
  const groups = Array.from({ length: 100 }, (_, index) => `group-${index}`)
  const image = `registry.example/${'x'.repeat(10_000)}`
  test.each<[string, Review, Decision, number, string]>([
    ['data.tried.command', execReview({ object: { command: words } }), no, 4_200, JSON.stringify(words)],
    ['data.tried.name', execReview({ name: long }), no, 20_000, long],
    ['data.tried.container', execReview({ object: { container: long, command: ['id'] } }), no, 20_000, long],
    ['data.actor.username', execReview({ userInfo: { username: long } }), no, 20_000, long],
    ['data.actor.groups', execReview({ userInfo: { username: 'x', groups } }), no, 100, JSON.stringify(groups)],
    ['data.target.image', execReview(), { ...no, seen: { podUID: 'p', image } }, image.length, image],
    [
      'data.tried.resource',
      execReview({ resource: { group: '', version: 'v1', resource: 'x'.repeat(257) }, subResource: '' }),
      no,
      257,
      'x'.repeat(257),
    ],
  ])('%s', (field, ...sent) => {
    const [review, decision, length, whole] = sent
    const event = told(review, decision)

    expect(event?.data.cut).toEqual([{ field, length, hash: sha256(whole) }])
    expect(checkEvent(event)).toMatchObject({ ok: true })
  })

  test('but for the hash where something of it was redacted', () => {
    const event = told(execReview({ object: { command: ['TOKEN=1234', ...words] } }), no)

    expect(event?.data.cut).toEqual([{ field: 'data.tried.command', length: 4_201 }])
    expect(event?.data.tried?.command?.slice(0, 2)).toEqual(['[redacted]', ''])
    expect(event?.data.tried?.command?.at(-1)).toBe('…')
  })

  test('and nothing is where all is told', () => {
    expect(told(execReview(), no)?.data).not.toHaveProperty('cut')
  })
})

test('what no cut makes an event is told by a short one that says so', () => {
  const draft = { ...envelope('gate.allowed', 'id', origin), data: { actor: {}, tried: { name: 'web-0' } } }

  const event = fittedEvent(draft)

  expect(checkEvent(event)).toMatchObject({ ok: true })
  expect(event).toMatchObject({ id: 'id', type: 'dev.sallyport.gate.allowed.v1' })
  expect(event.data).toEqual({
    unreadable: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), problem: 'event.data.actor.username is missing' },
  })
})
