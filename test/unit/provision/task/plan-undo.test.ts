import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { TaskResult } from '../../../../src/api/kinds/access/task-result.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { scopeOf } from '../../../../src/decision/kinds/access-kinds.ts'
import { taskContainer } from '../../../../src/decision/kinds/task/task-container.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import { active, aPod, at } from '../../../fixtures/example-access.ts'
import { aTaskRequest, aTaskTemplate } from '../../../fixtures/a-task.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const template = aTaskTemplate({ command: ['add'], undo: { command: ['del'] } })
const undo = { pod: 'web-0', podUID: 'pod-1', container: { name: 'undo-request-1' } }

function approved(status: Partial<NonNullable<AccessRequest['status']>> = {}): AccessRequest {
  const request = active(aTaskRequest(template), template)
  const workload = { kind: 'Pod', name: 'web-0', uid: 'pod-1' }
  const target = request.status?.target
  if (!target) throw new Error('it has no target')
  return { ...request, status: { ...request.status, approvals: [], target: { ...target, workload }, ...status } }
}

function planned(request: AccessRequest, facts: Partial<Facts> = {}, now = at('12:30:00')): Plan {
  const workload = request.status?.target?.workload
  const known = { ...unknownFacts, request, template, workload, isOfWorkload: true, listed: true, authorized: true }
  return plan({ ...known, ...facts }, planPolicy, now)
}

/** Returns the pod with a task that has ended. */
function afterTask(exitCode: number): Facts['pod'] {
  const pod = aPod()
  const terms = scopeOf(approved().spec, template)?.taskTerms
  if (!terms) throw new Error('it offers no task')
  const { name, ...container } = taskContainer({ requestUid: 'request-1', target: 'app', terms, seconds: 60 })
  return {
    ...pod,
    spec: { ...pod.spec, ephemeralContainers: [{ name, ...container }] },
    status: { ...pod.status, ephemeralContainerStatuses: [{ name, state: { terminated: { exitCode } } }] },
  }
}

const result = (exitCode: number): TaskResult => ({ container: 'task-request-1', exitCode, finishedAt: '12:20' })

test('the undo is noted before the task begins', () => {
  expect(planned(approved()).then).toMatchObject({
    do: 'task',
    step: { is: 'note-undo', undo: { ...undo, container: { name: 'undo-request-1', image: expect.anything() } } },
  })
  expect(planned(approved(), { undo }).then).toMatchObject({ do: 'task', step: { is: 'begin' } })
})

test('a task that has ended leaves its access active, and its result is noted once', () => {
  const noting = planned(approved(), { undo, pod: afterTask(0) })
  expect(noting.then).toMatchObject({ do: 'task', step: { is: 'note', exitCode: 0 } })

  const holding = planned(approved({ task: result(0) }), { undo, pod: afterTask(0) })
  expect(holding.then).toBeUndefined()
  expect(holding.status).toMatchObject({
    phase: 'Active',
    message: 'its task is done, and the effect holds since 12:20; ready until 2026-11-21T13:00:00.000000Z',
  })
})

describe('its access ends', () => {
  test.each<[string, Plan, string]>([
    ['when the task fails', planned(approved({ task: result(1) }), { undo, pod: afterTask(1) }), 'Failed'],
    ['when its time is over', planned(approved({ task: result(0) }), { undo }, at('13:00:00')), 'Expired'],
    ['when its pod is gone', planned(approved({ task: result(0) }), { undo, pod: undefined }), 'Failed'],
  ])('%s', (_title, { status }, phase) => {
    expect(status.phase).toBe(phase)
  })

  test('and then it is undone', () => {
    const ended = approved({ phase: 'Expired', finishedAt: '2026-11-21T12:30:00.000000Z' })

    expect(planned(ended, { undo }, at('12:30:05'))).toMatchObject({
      then: { do: 'task', step: { is: 'undo', isLate: false } },
      wakeAt: at('12:30:20'),
    })
    expect(planned(ended, { undo }, at('12:30:20')).then).toEqual({ do: 'task', step: { is: 'undo', isLate: true } })
    expect(planned(ended, {}, at('12:30:20')).then).toBeUndefined()
  })
})
