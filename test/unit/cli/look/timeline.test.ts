import { expect, test } from '@jest/globals'
import type { SeenEvent } from '../../../../src/cli/look/read-events.ts'
import { timelineOf, timelineText } from '../../../../src/cli/look/timeline.ts'
import { active, aGrant, aRequest, at, pending } from '../../../fixtures/example-access.ts'

const event = (reason: string, time: string, more: Partial<SeenEvent> = {}): SeenEvent => {
  const moment = `2026-11-21T${time}.000000Z`
  return { reason, note: 'note', at: moment, count: 1, lastAt: moment, ...more }
}
const condition = (type: string, time: string, message = 'words') => ({
  ...{ type, status: 'True' as const, reason: 'Found', message },
  lastTransitionTime: `2026-11-21T${time}.000000Z`,
})

test('a timeline tells all that has happened, in order, and when the access ends', () => {
  const { status, ...rest } = active()
  const conditions = [condition('Ready', '12:00:01'), condition('TargetResolved', '11:59:01', 'pod web-0 was found')]
  const request = { ...rest, status: { ...status, conditions } }
  const grants = [
    aGrant(request, { message: 'ok', duration: '30m' }, { creationTimestamp: '2026-11-21T11:59:30Z' }),
    aGrant(
      request,
      { verdict: 'Denied', grantedBy: { username: 'carol' } },
      { creationTimestamp: '2026-11-21T12:10:00Z' },
    ),
  ]
  const used = event('GateAllowed', '12:05:00', { count: 3, lastAt: '2026-11-21T12:06:00.000000Z' })
  const events = [used, event('RequestApproved', '12:00:00'), event('GrantMade', '11:59:30')]

  const timeline = timelineOf({ request, grants, events }, at('12:15:00'))

  expect(timeline.map(({ at: time, text }) => [new Date(time).toISOString().slice(11, 19), text])).toEqual([
    ['11:59:00', 'made by alice'],
    ['11:59:01', 'resolved: pod web-0 was found'],
    ['11:59:30', 'bob approves for at most 30m: "ok"'],
    ['12:00:00', 'approved'],
    ['12:00:01', 'ready to use'],
    ['12:05:00', expect.stringMatching(/^GateAllowed: note \(3 times, last (\w+ [\d-]+ )?\d\d:06:00\)$/)],
    ['12:10:00', 'carol denies'],
    ['13:00:00', 'ends'],
  ])
})

test('a request that has ended says how, and nothing is still to come', () => {
  const request = active(aRequest({ startAt: '2026-11-21T12:30:00Z' }))
  const ended = {
    ...request,
    status: {
      ...request.status,
      phase: 'Revoked' as const,
      finishedAt: '2026-11-21T12:20:00.000000Z',
      message: 'bob revoked it',
    },
  }

  const texts = timelineOf({ request: ended, grants: [], events: [] }, at('12:25:00')).map(({ text }) => text)

  expect(texts).toEqual(['made by alice', 'approved', 'ended (Revoked): bob revoked it'])
})

test('a request for later tells when it begins', () => {
  const request = pending(aRequest({ startAt: '2026-11-21T12:30:00Z' }))
  const begins = (now: string) => timelineOf({ request, grants: [], events: [] }, at(now)).map(({ text }) => text)

  expect(begins('12:00:00')).toContain('begins')
  expect(begins('12:31:00')).not.toContain('begins')
})

test('a terminal obeys nothing in a timeline', () => {
  const text = timelineText([{ at: at('12:00:00'), text: 'bob: \u001b[2J' }], at('12:00:00'))

  expect(text).toMatch(/^ {2}\d\d:\d\d:00 {2}bob: \\u001b\[2J$/)
})
