import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { Type } from 'typebox'
import { ShellAccess, ShellAsk } from '../../src/api/kinds/access/shell-access.ts'
import { structural } from '../../src/api/schema/structural.ts'
import { schemaCheck } from '../../src/api/schema/schema-check.ts'
import { pathOf, type Resource } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { shellProblems } from '../../src/provision/shell/shell-problems.ts'
import { refusal } from '../fixtures/api-client.ts'
import { defineDoors } from './doors.ts'
import { openScene, type Scene } from './this-cluster.ts'

const Spec = Type.Object({ access: Type.Optional(ShellAccess), ask: Type.Optional(ShellAsk) })
const checkSpec = schemaCheck(Spec, 'spec')
const from = { kind: 'Deployment', name: 'web' }

let scene: Scene
let doors: Resource

beforeAll(async () => {
  scene = await openScene('shell-access')
  doors = await defineDoors(scene, structural(Spec, 'spec'))
})
inTheEnd(
  () => scene.admin.remove(resources.CustomResourceDefinition, { name: `doors.${scene.namespace}.example.com` }),
  () => scene.close(),
)

/** Returns the object that the API server would store. */
async function stored(spec: object): Promise<unknown> {
  const { namespace } = scene
  const body = { apiVersion: doors.apiVersion, kind: doors.kind, metadata: { name: 'door', namespace }, spec }
  const query = { dryRun: 'All', fieldValidation: 'Strict' }
  const answer = await scene.admin.call(pathOf(doors, { namespace }), { method: 'POST', query, body })
  return (answer as { spec: unknown }).spec
}

describe('the schema of a shell access takes', () => {
  const mutate = {
    keep: ['livenessProbe', 'serviceAccountName'],
    purge: ['affinity'],
    labels: { 'example.com/team': 'ops' },
    annotations: { a: 'b' },
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
    affinity: { nodeAffinity: { any: [1, { thing: null }] } },
    command: ['sleep'],
    args: [''],
    env: [
      { name: 'A', value: 'a' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    resources: { requests: { cpu: 1, memory: '1.5Gi', 'example.com/gpu': '1' }, limits: { cpu: '2e0' } },
    dropContainers: ['logs'],
    jsonPatch: [
      { op: 'add', path: '/spec/a', value: { any: [1, null, 'json', true, { at: 'all' }] } },
      { op: 'replace', path: '', value: null },
      { op: 'test', path: '/spec/~0~1', value: false },
      { op: 'add', path: '/spec/-', value: [] },
      { op: 'add', path: '/spec/b', value: 1.5 },
      { op: 'add', path: '/spec/c', value: 'text' },
      { op: 'move', from: '/spec/a', path: '/spec/b' },
      { op: 'copy', from: '/spec/a', path: '/spec/b' },
      { op: 'remove', path: '/spec/a' },
    ],
  }

  test.each<[string, object]>([
    [
      'all that there is',
      { access: { from, container: 'app', mutate, limits: { cpu: 2, memory: '2Gi' }, replace: 'OnFailure' } },
    ],
    [
      'a pod template',
      { access: { podTemplate: { metadata: { labels: {} }, spec: { containers: [{ name: 'a', any: null }] } } } },
    ],
    ['what a request asks', { ask: { resources: { cpu: 1, memory: '1Gi', 'ephemeral-storage': '500M' } } }],
    ['nothing asked', { ask: {} }],
  ])('%s, and loses nothing of it', async (_, spec) => {
    expect(await stored(spec)).toEqual(spec)
    expect(checkSpec(spec)).toMatchObject({ ok: true })
  })
})

describe('the API server itself refuses', () => {
  test.each<[string, object, string]>([
    ['neither source', { access: {} }, 'exactly one of from and podTemplate must be there'],
    ['both sources', { access: { from, podTemplate: {} } }, 'exactly one of from and podTemplate must be there'],
    [
      'a word that is not on the list',
      { access: { from, mutate: { keep: ['nodeName'] } } },
      'Unsupported value: "nodeName"',
    ],
    ['a variable twice', { access: { from, mutate: { env: [{ name: 'A' }, { name: 'A' }] } } }, 'Duplicate value'],
    [
      'a pointer that is none',
      { access: { from, mutate: { jsonPatch: [{ op: 'remove', path: 'a' }] } } },
      'should match',
    ],
    [
      'an operation that is none',
      { access: { from, mutate: { jsonPatch: [{ op: 'merge', path: '' }] } } },
      'Unsupported value',
    ],
    ['no quantity', { access: { from, limits: { cpu: '2 cores' } } }, 'access.limits.cpu'],
    ['less than nothing', { access: { from, limits: { cpu: -1 } } }, 'access.limits.cpu'],
    ['a negative text', { ask: { resources: { memory: '-1Gi' } } }, 'ask.resources.memory'],
    ['half a number', { ask: { resources: { cpu: 0.5 } } }, 'ask.resources.cpu'],
    ['another resource', { ask: { resources: { gpu: 1 } } }, 'unknown field "spec.ask.resources.gpu"'],
  ])('%s', async (_, spec, text) => {
    expect(await refusal(stored(spec))).toContain(text)
  })
})

test('what the pattern of a quantity lets through is one for shellProblems, too', async () => {
  for (const cpu of ['0', '.5', '1.', '1e3', '1E3', '5Ei', '1n', 7]) {
    await stored({ access: { from, limits: { cpu } } })
    expect(shellProblems({ from, limits: { cpu } })).toEqual([])
  }
})
