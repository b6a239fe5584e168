import { expect, test } from '@jest/globals'
import type { Pod } from '../../../../src/api/pod.ts'
import { undoStep } from '../../../../src/provision/task/undo-step.ts'
import { aPod } from '../../../fixtures/example-access.ts'

type State = 'running' | 'waiting' | number

/** Returns a pod with these containers: running, waiting, or ended with an exit code. */
function pod(states: Readonly<Record<string, State>>, change: Partial<Pod['metadata']> = {}, phase = 'Running'): Pod {
  const found = aPod({ metadata: change })
  const names = Object.keys(states)
  return {
    ...found,
    spec: { ...found.spec, ephemeralContainers: names.map((name) => ({ name })) },
    status: {
      ...found.status,
      phase,
      ephemeralContainerStatuses: names.map((name) => ({ name, state: stateOf(states[name] ?? 'waiting') })),
    },
  }
}

function stateOf(state: State): object {
  return typeof state === 'number' ? { terminated: { exitCode: state } } : { [state]: {} }
}

const [task, undo] = ['task-r', 'undo-r']

test.each<[string, Pod | undefined, object]>([
  ['the pod is gone', undefined, { is: 'over', isUndone: true }],
  ['the pod has ended', pod({ [task]: 0 }, {}, 'Succeeded'), { is: 'over', isUndone: true }],
  ['the pod is being deleted', pod({ [task]: 0 }, { deletionTimestamp: '2026-11-21T12:00:00Z' }), { is: 'waits' }],
  ['the task starts', pod({ [task]: 'waiting' }), { is: 'waits', why: 'its task has not ended yet' }],
  ['the task runs', pod({ [task]: 'running' }), { is: 'waits', why: 'its task has not ended yet' }],
  ['the task has ended', pod({ [task]: 0 }), { is: 'due' }],
  ['the task has failed', pod({ [task]: 1 }), { is: 'due' }],
  [
    'the undo starts',
    pod({ [task]: 0, [undo]: 'waiting' }),
    { is: 'runs', why: expect.stringContaining('its undo starts') },
  ],
  ['the undo runs', pod({ [task]: 0, [undo]: 'running' }), { is: 'runs', why: 'its undo runs' }],
  ['the undo has ended', pod({ [task]: 0, [undo]: 0 }), { is: 'over', isUndone: true }],
  ['the undo has failed', pod({ [task]: 0, [undo]: 124 }), { is: 'over', isUndone: false }],
])('%s', (_title, found, step) => {
  expect(undoStep(found, { requestUid: 'r', isLate: true })).toMatchObject(step)
})

test('a task that is not there may still come, for some seconds', () => {
  expect(undoStep(pod({}), { requestUid: 'r', isLate: false })).toMatchObject({ is: 'waits' })
  expect(undoStep(pod({}), { requestUid: 'r', isLate: true })).toMatchObject({ is: 'over', isUndone: true })
})
