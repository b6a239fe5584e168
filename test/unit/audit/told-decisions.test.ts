import { expect, test } from '@jest/globals'
import type { AuditEvent } from '../../../src/api/audit-event.ts'
import { createRedactor } from '../../../src/audit/event/redact.ts'
import { createToldDecisions, type ToldDecisions } from '../../../src/audit/told-decisions.ts'
import { allowed, denied, type Decision, type Deny } from '../../../src/decision/decision.ts'
import type { Decided } from '../../../src/decision/webhook.ts'
import { execReview } from '../../fixtures/review.ts'

const { signal } = new AbortController()
const review = execReview()
const letIn = allowed('EXEMPT', 'an exemption lets it in')
const refused = denied('E_AUDIT_RECORD', 'The audit event could not be kept in the cluster')

function about(decision: Decision, durationMs = 1): Decided {
  return {
    id: 'call-1',
    caller: ['path'],
    webhook: 'gate.access.sallyport.dev',
    uid: 'u',
    review,
    decision,
    durationMs,
  }
}

/**
 * Creates the events of decisions.
 * @param isTried true if a record was begun before the answer
 */
function telling(
  answer: Deny | undefined,
  isTried = true,
): ToldDecisions & { kept: AuditEvent[]; later: AuditEvent[] } {
  const kept: AuditEvent[] = []
  const later: AuditEvent[] = []
  const decisions = createToldDecisions({
    origin: () => ({ source: 'test', now: 0 }),
    redactor: createRedactor([]),
    identity: () => ({ proofKeys: [] }),
    published: undefined,
    recorder: {
      record: (event) => {
        kept.push(event)
        return Promise.resolve(answer)
      },
      recordLater: (event) => later.push(event),
      wasTried: () => isTried,
    },
  })
  return { ...decisions, kept, later }
}

test('an allow that was kept before the answer is not kept again, and has the time of the whole answer', async () => {
  const told = telling(undefined)

  expect(await told.keepFirst(about(letIn), signal)).toBeUndefined()
  const described = told.decisionEvent(about(letIn, 7))
  told.onDecision(described)

  expect(described).toMatchObject({ verdict: 'allow', isKept: true, durationMs: 7 })
  expect(told.kept).toMatchObject([{ id: 'call-1' }])
  expect(told.later).toEqual([])
})

test('an allow that was told and then not given is reversed by an event of its own', async () => {
  const told = telling(refused)

  expect(await told.keepFirst(about(letIn), signal)).toBe(refused)
  told.onDecision(told.decisionEvent(about(refused)))

  expect(told.later).toMatchObject([{ id: 'call-1.reversed', type: 'dev.sallyport.gate.denied.v1' }])
})

test('where no record was begun there is nothing to reverse', async () => {
  const told = telling(refused, false)

  await told.keepFirst(about(letIn), signal)
  told.onDecision(told.decisionEvent(about(refused)))

  expect(told.later).toMatchObject([{ id: 'call-1' }])
})

test('a denial is kept after its answer', () => {
  const told = telling(undefined)

  told.onDecision(told.decisionEvent(about(denied('E_NO_PASS', 'no'))))

  expect(told.later).toMatchObject([{ id: 'call-1', type: 'dev.sallyport.gate.denied.v1' }])
})

test('an allow that comes after the deadline is neither kept nor remembered', async () => {
  const told = telling(undefined)
  const late = AbortSignal.abort(new Error('the deadline is over'))

  await expect(told.keepFirst(about(letIn), late)).rejects.toThrow('the deadline is over')

  expect(told.kept).toEqual([])
  // This is like a call about which nothing was reported before.
  expect(told.decisionEvent(about(letIn)).isKept).toBeUndefined()
})
