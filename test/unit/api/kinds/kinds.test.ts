import { describe, expect, test } from '@jest/globals'
import { AccessPass } from '../../../../src/api/kinds/access-pass.ts'
import { AccessRequest, accessRequestKind } from '../../../../src/api/kinds/access-request.ts'
import { allKinds } from '../../../../src/api/kinds/all-kinds.ts'
import { schemaCheck } from '../../../../src/api/schema/schema-check.ts'
import type { Resource } from '../../../../src/cluster/client/resource.ts'

const metadata = {
  name: 'r',
  namespace: 'shop',
  uid: 'u-1',
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-11-22T08:00:00Z',
}
const request = {
  apiVersion: 'access.sallyport.dev/v1alpha1',
  kind: 'AccessRequest',
  metadata: { ...metadata, managedFields: [] },
  spec: { reason: 'OPS-42', exec: { pod: 'web-0', command: ['id'] }, attributes: { ticket: 'OPS-42' } },
  status: { phase: 'Pending' },
}
const checkRequest = schemaCheck(AccessRequest, 'request')

test('an object as the API server serves it is valid, with fields that we do not know', () => {
  expect(checkRequest(request)).toStrictEqual({ ok: true, value: request })
})

describe('is said to be wrong:', () => {
  test.each([
    ['another kind', { kind: 'AccessGrant' }, 'request.kind must be "AccessRequest", not "AccessGrant"'],
    ['no uid', { metadata: { ...metadata, uid: undefined } }, 'request.metadata.uid is missing'],
    ['an empty uid', { metadata: { ...metadata, uid: '' } }, 'request.metadata.uid must NOT have fewer than 1'],
    ['no spec', { spec: undefined }, 'request.spec is missing'],
    ['a pod that is none', { spec: { exec: { pod: 5 } } }, 'request.spec.exec.pod must be string, and is 5'],
    ['a duration of 1d', { spec: { duration: '1d' } }, 'request.spec.duration must match'],
    ['an instant that is none', { spec: { startAt: 'soon' } }, 'request.spec.startAt must match ^'],
    [
      'a value too long',
      { spec: { attributes: { a: 'x'.repeat(513) } } },
      'request.spec.attributes.a must NOT have more',
    ],
    ['a phase of its own', { status: { phase: 'Done' } }, 'request.status.phase must be one of Pending, Scheduled'],
  ])('%s', (_, fields, problem) => {
    const result = checkRequest(JSON.parse(JSON.stringify({ ...request, ...fields })))
    expect(result).toMatchObject({ ok: false, problems: [expect.stringContaining(problem)] })
  })
})

test('a pass needs the uid of each grant', () => {
  const entry = { name: 'r', uid: 'u', podUID: 'p', grants: [{ name: 'g' }] }
  const spec = { username: 'alice', pod: 'web-0', requests: [entry] }
  const pass = { ...request, kind: 'AccessPass', spec, status: undefined }
  expect(schemaCheck(AccessPass, 'pass')(pass)).toMatchObject({
    ok: false,
    problems: ['pass.spec.requests[0].grants[0].uid is missing'],
  })
})

test('a kind is a resource for the client', () => {
  const resource: Resource = accessRequestKind
  expect(resource).toMatchObject({ plural: 'accessrequests', namespaced: true })
  expect(allKinds.flatMap(({ shortNames }) => shortNames)).toEqual([
    'atmpl',
    'catmpl',
    'areq',
    'agrant',
    'apass',
    'arec',
  ])
})
