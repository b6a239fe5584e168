import { expect, test } from '@jest/globals'
import type { Pod } from '../../../../../src/api/pod.ts'
import { resolveTarget } from '../../../../../src/decision/kinds/exec/resolve-target.ts'
import { aPod, imageIDOfPod } from '../../../../fixtures/example-access.ts'

const wanted = { pod: 'web-0', workload: undefined, containers: undefined, evictAtEnd: false }

/** Returns a pod whose container of this name runs, in one of its lists. */
function podWith(name: string, list: 'containers' | 'ephemeralContainers'): Pod {
  const pod = aPod()
  const seen = { name, imageID: imageIDOfPod, state: { running: {} } }
  const statuses = list === 'containers' ? 'containerStatuses' : 'ephemeralContainerStatuses'
  return {
    ...pod,
    spec: { ...pod.spec, [list]: [{ name, image: 'tools:1' }] },
    status: { ...pod.status, [statuses]: [seen] },
  }
}

const find = (container: string, pod: Pod): ReturnType<typeof resolveTarget> =>
  resolveTarget({ ...wanted, container }, 'shop', {
    pod,
    workload: undefined,
    isOfWorkload: false,
    isOfAnother: false,
  })

test('no request is for the container of a task: its privilege was approved for one command', () => {
  expect(find('task-1', podWith('task-1', 'ephemeralContainers'))).toEqual({
    problem: 'container task-1 of pod web-0 runs the task of another request, and only Sallyport enters it',
    final: true,
  })
})

test.each([
  ['a container of the pod itself may have such a name', 'task-runner', 'containers'],
  ['so may be asked for: a debug container', 'debugger-1', 'ephemeralContainers'],
] as const)('%s', (_title, name, list) => {
  expect(find(name, podWith(name, list))).toMatchObject({ target: { container: name } })
})
