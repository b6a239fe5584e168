import { expect, test } from '@jest/globals'
import type { DecisionEvent } from '../../../../src/audit/event/decision-event.ts'
import { createDenialMerger } from '../../../../src/audit/event/denial-merger.ts'
import { until } from '../../../fixtures/until.ts'

let next = 0

function event(fields: Partial<DecisionEvent> = {}): DecisionEvent {
  next++
  const tried = { user: 'alice', resource: 'pods/exec', namespace: 'shop', name: 'web-0', command: ['id'] }
  const ids = { id: `id-${next}`, uid: `uid-${next}`, durationMs: next }
  return {
    ...ids,
    caller: ['path'],
    webhook: 'gate',
    verdict: 'deny',
    code: 'E_NO_PASS',
    message: 'No.',
    ...tried,
    ...fields,
  }
}

test('the two calls of one denied kubectl exec are one event, with the ids of both', async () => {
  const told: DecisionEvent[] = []
  const merger = createDenialMerger((one) => told.push(one))
  const [first, second] = [event(), event()]

  merger.record(first)
  merger.record(second)
  await until('it is told', () => told.length > 0)

  expect(told).toEqual([{ ...first, attempts: 2, otherIds: [second.id] }])
})

test.each<[string, Partial<DecisionEvent>]>([
  ['of another user', { user: 'mallory' }],
  ['of another command', { command: ['ls'] }],
  ['on another pod', { name: 'web-1' }],
  ['for another reason', { code: 'E_ENDED' }],
])('a denial %s is another event', (_title, fields) => {
  const told: DecisionEvent[] = []
  const merger = createDenialMerger((one) => told.push(one))

  merger.record(event())
  merger.record(event(fields))
  merger.flush()

  expect(told.map(({ attempts }) => attempts)).toEqual([1, 1])
})

test('what is let in is told at once, each by itself', () => {
  const told: DecisionEvent[] = []
  const merger = createDenialMerger((one) => told.push(one))

  merger.record(event({ verdict: 'allow', code: 'ACCESS' }))
  merger.record(event({ verdict: 'allow', code: 'ACCESS' }))

  expect(told).toHaveLength(2)
})

test('a flood is counted, and not listed', () => {
  const told: DecisionEvent[] = []
  const merger = createDenialMerger((one) => told.push(one))

  for (let call = 0; call < 10_000; call++) merger.record(event())
  merger.flush()

  expect(told).toHaveLength(1)
  expect(told[0]?.attempts).toBe(10_000)
  expect(told[0]?.otherIds?.length).toBeLessThanOrEqual(16)
})
