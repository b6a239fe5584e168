import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { AccessRequestStatus } from '../../../../src/api/kinds/access-request-status.ts'
import type { TaskTemplate } from '../../../../src/api/kinds/access/task-access.ts'
import type { Pod } from '../../../../src/api/pod.ts'
import { taskContainer } from '../../../../src/decision/kinds/task/task-container.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import type { Plan } from '../../../../src/provision/facts/request-plan.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import { active, aGrant, aPod, aRequest, aTemplate, at, pending } from '../../../fixtures/example-access.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const image = `tools.example/it@sha256:${'a'.repeat(64)}`
const offered: TaskTemplate = {
  target: { kind: 'Pod', name: 'web-0' },
  image,
  command: ['dump', '<port>'],
  parameters: [{ name: 'port', range: { min: 1, max: 65_535 } }],
}
const template = aTemplate({ access: { task: offered } })
const uid = 'request-1'
const name = `task-${uid}`
const sha = 'b'.repeat(64)

function asked(): AccessRequest {
  const { spec, ...rest } = aRequest({ templateRef: { kind: 'AccessTemplate', name: 'web' } })
  const { exec: _exec, ...terms } = spec
  return { ...rest, spec: { ...terms, task: { parameters: { port: '80' } } } }
}

/** Returns alice's task, which bob approved for an hour. */
function approved(status: Partial<AccessRequestStatus> = {}): AccessRequest {
  const request = active(asked(), template)
  return { ...request, status: { ...request.status, phase: 'Approved', ...status } }
}

type State = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state']

const run = { requestUid: uid, target: 'app', terms: { offered, values: { port: '80' } } }

/** Returns the pod with the container of the task. */
function withTask(state: State, container: object = taskContainer({ ...run, seconds: 60 })): Pod {
  const { spec, status, ...rest } = aPod()
  const added = { name, image, ...container }
  return {
    ...rest,
    spec: { ...spec, ephemeralContainers: [added] },
    status: { ...status, ...(state && { ephemeralContainerStatuses: [{ name, state }] }) },
  }
}

function beingDeleted(pod: Pod): Pod {
  return { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-11-21T12:29:00Z' } }
}

function planned(facts: Partial<Facts> = {}, now = at('12:30:00')): Plan {
  const request = facts.request ?? approved()
  const grants = [aGrant(request)]
  return plan({ ...unknownFacts, template, listed: true, request, grants, ...facts }, planPolicy, now)
}

describe('an approved task whose container is not there', () => {
  test('is begun, with the time that is left less five seconds to read its output', () => {
    const { then, status, objects } = planned()

    expect(then).toEqual({
      do: 'task',
      step: { is: 'begin', container: taskContainer({ ...run, seconds: 30 * 60 - 5 }) },
    })
    expect(status.phase).toBe('Approved')
    expect(objects.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding'])
  })

  test('is not begun before its pass lists it: the gate would refuse it', () => {
    expect(planned({ listed: false }).then).toBeUndefined()
  })

  test('is not begun if less than a second is left, and says so', () => {
    const { then, status } = planned({}, at('12:59:54.500'))

    expect(then).toBeUndefined()
    expect(status.message).toBe('too little time is left to run its task')
  })
})

describe('a task whose container is there', () => {
  test.each<[string, State, string]>([
    ['nothing is known of it', undefined, 'its task starts'],
    ['it is being made', { waiting: { reason: 'ContainerCreating' } }, 'its task starts'],
    [
      'its image cannot be pulled',
      { waiting: { reason: 'ErrImagePull', message: 'no such host' } },
      `its task starts: ephemeral container ${name} waits (ErrImagePull: no such host)`,
    ],
  ])('starts while %s, and is not begun again', (_title, state, message) => {
    const { status, then } = planned({ pod: withTask(state) })

    expect(status).toMatchObject({ phase: 'Approved', message })
    expect(then).toBeUndefined()
  })

  test('is active while it runs, and the requestor may read its output', () => {
    const { status, then, objects } = planned({ pod: withTask({ running: {} }) })

    expect(status).toMatchObject({ phase: 'Active', accessMessage: `kubectl logs web-0 -n shop -c ${name}` })
    expect(then).toBeUndefined()
    expect(objects).toMatchObject([
      { rules: [{ resources: ['pods'] }, { resources: ['pods/log'], resourceNames: ['web-0'], verbs: ['get'] }] },
      { subjects: [{ kind: 'User', name: 'alice' }] },
    ])
  })

  test.each([0, 7])('is noted once it has ended with exit code %d', (exitCode) => {
    const { status, then } = planned({ pod: withTask({ terminated: { exitCode } }) })

    expect(status.phase).toBe('Active')
    expect(then).toEqual({ do: 'task', step: { is: 'note', exitCode } })
  })

  test('is noted even if its pod ends at the same time', () => {
    expect(planned({ pod: beingDeleted(withTask({ terminated: { exitCode: 0 } })) }).then).toMatchObject({
      step: { is: 'note' },
    })
  })
})

test.each<[string, object, string, string]>([
  [
    'was read',
    { exitCode: 0, output: 'x', outputBytes: 1, outputSHA256: sha },
    'Completed',
    `its task ended with exit code 0; its output has 1 bytes and SHA-256 ${sha}`,
  ],
  [
    'was read in part',
    { exitCode: 0, output: 'x', outputBytes: 1_048_576, outputSHA256: sha },
    'Completed',
    `its task ended with exit code 0; the first 1048576 bytes of its output have SHA-256 ${sha}`,
  ],
  [
    'could not be read',
    { exitCode: 7, outputProblem: 'no log' },
    'Failed',
    'its task ended with exit code 7, and its output was not read',
  ],
])('a task whose output %s ends its request', (_title, result, phase, message) => {
  const request = approved({ task: { container: name, exitCode: 0, ...result } })
  const { status, objects } = planned({ request, pod: undefined })

  expect(status).toMatchObject({ phase, message })
  expect(objects).toEqual([])
})

describe('a container of this name that somebody else added', () => {
  const same = taskContainer({ ...run, seconds: 60 })

  test.each<[string, AccessRequest]>([
    ['before the approval', pending(asked(), template)],
    ['before the access begins', approved({ phase: 'Scheduled' })],
  ])('%s fails the request, even if it is the same', (_title, request) => {
    expect(planned({ request, pod: withTask({ running: {} }, same) }).status).toMatchObject({
      phase: 'Failed',
      message: `pod web-0 had container ${name} before the task was approved: somebody else added it`,
    })
  })

  test.each<[string, State]>([
    ['runs', { running: {} }],
    ['has ended', { terminated: { exitCode: 0 } }],
  ])('is no task while it %s, and no value of a parameter is told', (_title, state) => {
    const pod = withTask(state, { ...same, command: ['timeout', '-k', '5', '60', 'dump', '81'] })

    expect(planned({ pod }).status).toMatchObject({
      phase: 'Failed',
      message:
        `container ${name} of pod web-0 is not the task that was approved: ` +
        'command[5] must be the word that was approved. Somebody else added it, or a policy of the cluster changed it',
    })
  })

  test('may be a container of the pod itself', () => {
    const { spec, ...rest } = aPod()
    const pod = { ...rest, spec: { ...spec, containers: [...spec.containers, { name, image }] } }

    expect(planned({ pod }).status).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('is not the task that was approved: targetContainerName must be "app"'),
    })
  })
})

describe('an access that ends before its task was told', () => {
  const late = at('13:00:00')
  const runs =
    'its task may still run, since Kubernetes cannot stop it before its deadline: delete pod web-0 to stop it'

  test.each<[string, Pod | undefined, string]>([
    ['was never begun', aPod(), 'its time is over'],
    ['is in a pod that is gone', undefined, 'its time is over'],
    ['is in a pod that is being deleted', beingDeleted(withTask({ running: {} })), 'its time is over'],
    ['starts', withTask(undefined), `its time is over; ${runs}`],
    ['runs', withTask({ running: {} }), `its time is over; ${runs}`],
    [
      'had ended',
      withTask({ terminated: { exitCode: 3 } }),
      'its time is over; its task had ended with exit code 3, and its output was not read',
    ],
  ])('says so if the task %s', (_title, pod, message) => {
    expect(planned({ pod }, late).status).toMatchObject({ phase: 'Expired', message })
  })

  test('notes the exit code', () => {
    expect(planned({ pod: withTask({ terminated: { exitCode: 3 } }) }, late).status.task).toEqual({
      container: name,
      exitCode: 3,
      outputProblem: 'the access ended before the output was read',
    })
  })

  test('keeps the result that was read', () => {
    const task = { container: name, exitCode: 0, outputBytes: 1, outputSHA256: sha }

    expect(planned({ request: approved({ task }) }, late).status).toMatchObject({
      message: `its time is over; its task had ended with exit code 0; its output has 1 bytes and SHA-256 ${sha}`,
      task,
    })
  })

  test('says so, too, if a grant was withdrawn or somebody revoked it', () => {
    const pod = withTask({ running: {} })
    const { spec, ...rest } = approved()
    const revoked = { ...rest, spec: { ...spec, revoked: { by: { username: 'bob', groups: [] } } } }

    expect(planned({ pod, grants: [] }).status).toMatchObject({
      phase: 'Revoked',
      message: `grant look of bob was withdrawn; ${runs}`,
    })
    expect(planned({ pod, request: revoked }).status.message).toBe(`bob revoked it; ${runs}`)
  })
})
