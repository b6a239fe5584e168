import { expect, test } from '@jest/globals'
import type { AccessRecord } from '../../../../src/api/kinds/access-record.ts'
import { serviceAccountUser } from '../../../../src/api/installation.ts'
import { apiVersion } from '../../../../src/api/kinds/kind.ts'
import type { Debug } from '../../../../src/decision/gate/entry.ts'
import { decideUndo, triedUndo } from '../../../../src/decision/gate/undo-entry.ts'
import { undoContainer } from '../../../../src/decision/kinds/task/task-container.ts'
import { aPod } from '../../../fixtures/example-access.ts'
import { taskImage } from '../../../fixtures/a-task.ts'

const offered = {
  target: { kind: 'Pod', name: 'web-0' },
  image: taskImage,
  command: ['add', '<route>'],
  undo: { command: ['del', '<route>'] },
  parameters: [{ name: 'route', pattern: '[a-z]+' }],
}
const noted =
  undoContainer({ requestUid: 'request-1', target: 'app', terms: { offered, values: { route: 'a' } } }) ?? {}
const undo = { pod: 'web-0', podUID: 'pod-1', container: noted }

function record(spec: Partial<AccessRecord['spec']> = {}): AccessRecord {
  return {
    apiVersion,
    kind: 'AccessRecord',
    metadata: { ...aPod().metadata, name: 'undo-request-1', namespace: 'sallyport-system' },
    spec: {
      id: 'id',
      type: 'dev.sallyport.undo.planned.v1',
      time: '2026-11-21T12:10:00.000000Z',
      request: { namespace: 'shop', name: 'look', uid: 'request-1' },
      undo,
      ...spec,
    },
  }
}

function withoutUndo({ spec: { undo: _undo, ...spec }, ...noted }: AccessRecord): AccessRecord {
  return { ...noted, spec }
}

const began = { name: 'task-request-1' }
function adding(container: object, before: readonly object[] = [began], name = 'web-0'): Debug {
  const podWith = (ephemeralContainers: readonly object[]): object => ({
    ...aPod(),
    spec: { ...aPod().spec, ephemeralContainers },
  })
  return {
    way: 'pods/ephemeralcontainers',
    ...{ namespace: 'shop', name },
    oldObject: podWith(before),
    object: podWith([...before, container]),
  }
}

const sallyport = { username: serviceAccountUser, groups: [] }
const tried = (entry: Debug) => ({ entry, record: 'undo-request-1' })

test('the container that was noted is let in', () => {
  expect(noted).toMatchObject({ name: 'undo-request-1', command: ['timeout', '-k', '5', '60', 'del', 'a'] })
  expect(decideUndo(tried(adding(noted)), record())).toMatchObject({ verdict: 'allow', code: 'UNDO' })
})

test.each<[string, Debug, AccessRecord | undefined, string]>([
  ['without a note', adding(noted), undefined, 'Nothing is noted that undoes a task in pod shop/web-0'],
  ['with a note of something else', adding(noted), withoutUndo(record()), 'Nothing is noted'],
  ['with another image', adding({ ...noted, image: 'x' }), record(), 'image must be'],
  ['with another command', adding({ ...noted, command: ['sh'] }), record(), 'command must have 6 words, not 1'],
  ['with input', adding({ ...noted, stdin: true }), record(), 'stdin must be left out'],
  ['under another name', adding({ ...noted, name: 'undo-request-2' }), record(), 'name must be "undo-request-1"'],
  ['before its task', adding(noted, []), record(), 'its task has never begun'],
  ['in another pod', adding(noted, [began], 'web-1'), record(), 'the task was in another pod, shop/web-0'],
  [
    'in another pod of that name',
    adding(noted),
    record({ undo: { ...undo, podUID: 'pod-2' } }),
    'the task was in another pod, shop/web-0',
  ],
])('an undo %s is denied', (_title, entry, noted, text) => {
  expect(decideUndo(tried(entry), noted)).toMatchObject({
    verdict: 'deny',
    code: 'E_TASK',
    message: expect.stringContaining(text),
  })
})

test('only Sallyport tries an undo, and only by its name', () => {
  expect(triedUndo(adding(noted), sallyport)?.record).toBe('undo-request-1')
  expect(triedUndo(adding(noted), { username: 'alice', groups: [] })).toBeUndefined()
  expect(triedUndo(adding(began, []), sallyport)).toBeUndefined()
})
