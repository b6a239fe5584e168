import { expect, test } from '@jest/globals'
import type { Fields } from '../../../../src/api/fields.ts'
import type { Rehearsal } from '../../../../src/provision/facts/rehearsal.ts'
import { resolveTask, taskToRehearse } from '../../../../src/provision/task/resolve-task.ts'
import { aPod } from '../../../fixtures/example-access.ts'
import { aTaskRequest, aTaskTemplate } from '../../../fixtures/a-task.ts'
import { unknownFacts } from '../../../fixtures/plan-facts.ts'

const template = aTaskTemplate()
const workload = { kind: 'Pod', name: 'web-0', uid: 'pod-1' }
const facts = { ...unknownFacts, request: aTaskRequest(template), template, workload, isOfWorkload: true }

/** Returns the result of a dry run in a cluster that makes only this change to the container. */
function admitted(change: (container: Fields) => readonly Fields[]): Rehearsal {
  const { adds } = taskToRehearse(facts) ?? {}
  if (!adds) throw new Error('nothing is rehearsed')
  return { outcome: 'admitted', pod: { spec: { ...aPod().spec, ephemeralContainers: change(adds) } } }
}

test('what is tried is the task as it would be added now', () => {
  expect(taskToRehearse(facts)).toMatchObject({
    adds: { name: 'task-request-1', command: ['timeout', '-k', '5', '3600', 'id'] },
    to: { namespace: 'shop', name: 'web-0', uid: 'pod-1' },
  })
})

test.each<[string, Rehearsal | undefined, object]>([
  ['as it was sent', admitted((sent) => [sent]), { about: { target: expect.objectContaining({ pod: 'web-0' }) } }],
  ['not known yet', undefined, { problem: 'Sallyport is trying its task in its pod (dry run)', final: false }],
  [
    'with another image',
    admitted((sent) => [{ ...sent, image: 'mirror.example/it' }]),
    {
      problem: expect.stringMatching(/^the cluster's admission changes its task: image must be .*, not "mirror/),
      final: true,
    },
  ],
  [
    'left out',
    admitted(() => []),
    { problem: "the cluster's admission changes its task: it leaves it out", final: true },
  ],
  [
    'refused',
    { outcome: 'refused', words: 'no room' },
    { problem: 'the API server refused its task, and Sallyport tries again: no room', final: false, isRefused: true },
  ],
  [
    'untold',
    { outcome: 'untold', words: 'no dry run' },
    { about: { target: expect.objectContaining({ pod: 'web-0' }) } },
  ],
])('a task that the dry run tells %s', (_title, rehearsal, result) => {
  expect(resolveTask({ ...facts, rehearsal })).toMatchObject(result)
})
