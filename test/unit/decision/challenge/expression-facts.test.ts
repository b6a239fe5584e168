import { expect, test } from '@jest/globals'
import { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { Pod } from '../../../../src/api/pod.ts'
import { schemaCheck, type Checked } from '../../../../src/api/schema/schema-check.ts'
import {
  exampleFacts,
  expressionFacts,
  type ExpressionSubject,
} from '../../../../src/decision/challenge/expression-facts.ts'

const metadata = {
  name: 'look',
  namespace: 'shop',
  uid: 'u',
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '',
}
const spec = {
  reason: 'OPS-42',
  startAt: '2026-01-05T13:00:00+01:00',
  exec: { pod: 'web-0', container: 'app', command: ['id'], subresources: ['log'] },
  attributes: { ticket: 'OPS-42' },
  requestor: { username: 'alice', uid: 'u-1', groups: ['dev'], extra: { scopes: ['read'] } },
}

function asked(): ExpressionSubject {
  const request = { apiVersion: 'access.sallyport.dev/v1alpha1', kind: 'AccessRequest', metadata, spec }
  const pod = {
    metadata: { ...metadata, name: 'web-0', labels: { app: 'web' } },
    spec: { serviceAccountName: 'default', containers: [{ name: 'app' }] },
  }
  return {
    request: valid(schemaCheck(AccessRequest, 'request')(request)),
    duration: 3_600_000,
    template: { kind: 'AccessTemplate', metadata: { name: 'web', namespace: 'shop', labels: { team: 'shop' } } },
    target: { pod: 'web-0', podUID: 'p', container: 'app', image: 'shop/web:1', node: 'node-1' },
    pod: valid(schemaCheck(Pod, 'pod')(pod)),
    now: Date.UTC(2026, 0, 5, 12),
  }
}

function valid<T>(result: Checked<T>): T {
  if (!result.ok) throw new Error(result.problems.join())
  return result.value
}

test('the example that expressions are checked against is what a request in full gives, with all kinds of access', () => {
  const { shell: _shell, role: _role, task: _task, ...request } = exampleFacts.request

  expect(expressionFacts(asked())).toEqual({ ...exampleFacts, request })
})

test.each([
  ['shell', { shell: { resources: { cpu: '500m' } } }, exampleFacts.request.shell],
  ['role', { role: {} }, exampleFacts.request.role],
  ['task', { task: { pod: 'web-0', parameters: { port: '8080' } } }, exampleFacts.request.task],
])('a request for a %s has its own facts, and none of another access', (name, access, facts) => {
  const { request, ...rest } = asked()
  const { exec: _exec, ...spec } = request.spec

  const told = expressionFacts({ ...rest, request: { ...request, spec: { ...spec, ...access } } }).request

  expect(told).toMatchObject({ [name]: facts })
  expect(told).not.toHaveProperty('exec')
})

test('what was left out is absent, or empty where a condition may well ask without has()', () => {
  const { request, ...rest } = asked()
  const bare = {
    ...rest,
    request: { ...request, spec: { requestor: { username: 'alice' } } },
    template: { kind: 'ClusterAccessTemplate', metadata: { name: 'web' } },
    target: undefined,
    pod: undefined,
  }

  expect(expressionFacts(bare)).toEqual({
    request: { name: 'look', namespace: 'shop', reason: '', duration: 3_600_000, once: false, attributes: {} },
    requestor: { username: 'alice', uid: '', groups: [], extra: {} },
    template: { kind: 'ClusterAccessTemplate', name: 'web', namespace: '', labels: {} },
    target: {},
    now: exampleFacts.now,
  })
})

test('labels of a pod that was not read are absent, and not empty: a condition on them fails', () => {
  const { target } = expressionFacts({ ...asked(), pod: undefined })

  expect(target).toEqual({ pod: 'web-0', container: 'app', image: 'shop/web:1', node: 'node-1' })
})
