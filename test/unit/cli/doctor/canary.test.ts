import { expect, test } from '@jest/globals'
import { waysIn } from '../../../../src/api/review/way-in.ts'
import { answerOf, isTooEarly } from '../../../../src/cli/doctor/canary/answer.ts'
import { canaryObjects, canaryUser } from '../../../../src/cli/doctor/canary/canary-objects.ts'
import { callsFor } from '../../../../src/cli/doctor/canary/ways.ts'
import { KubeApiError } from '../../../../src/cluster/client/api-error.ts'

const names = { name: 'sallyport-canary-1', namespace: 'shop', makesNamespace: false }
const failed = (status: number | undefined, statusMessage: string) =>
  new KubeApiError('failed', { status, statusMessage })

test.each<[string, unknown, string]>([
  ['a call that succeeded', undefined, 'open'],
  [
    'a denial by the gate',
    failed(403, 'admission webhook "gate.access.sallyport.dev" denied the request: no'),
    'closed',
  ],
  [
    'a gate that is down',
    failed(500, 'Internal error: failed calling webhook "gate.access.sallyport.dev": timeout'),
    'closed',
  ],
  ['a pod without a node', failed(400, 'pod x does not have a host assigned'), 'open'],
  ['a node that does not exist', failed(404, 'nodes "x" not found'), 'open'],
  ['another webhook', failed(403, 'admission webhook "other.example.org" denied the request'), 'unknown'],
  ['PodSecurity', failed(403, 'pods "x" is forbidden: violates PodSecurity'), 'unknown'],
  ['a server that is full', failed(429, 'too many requests'), 'unknown'],
  ['a network that is away', failed(undefined, ''), 'unknown'],
  ['a fault of ours', new TypeError('x'), 'unknown'],
])('%s is %s', (_title, error, is) => {
  expect(answerOf(error).is).toBe(is)
})

test('RBAC that has not heard of the canary yet is asked again, and nothing else is', () => {
  const rbac = failed(403, 'pods "x" is forbidden: User "u" cannot create resource "pods/exec" in API group ""')
  expect(isTooEarly(answerOf(rbac))).toBe(true)
  expect(isTooEarly(answerOf(failed(403, 'admission webhook "a" denied the request')))).toBe(false)
})

test('each way in is tried, at the canary’s own objects only', () => {
  const calls = callsFor(names)

  expect(calls.map(([way]) => way)).toEqual(waysIn)
  for (const [, { path }] of calls) expect(path).toContain(names.name)
})

test('the rights of the canary are only for its own name', () => {
  const objects = canaryObjects(names)
  expect(objects.map(({ kind }) => kind)).toEqual(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'Pod'])
  expect(canaryObjects({ ...names, makesNamespace: true })[0]?.kind).toBe('Namespace')
  const roles = JSON.parse(JSON.stringify(objects.filter(({ kind }) => kind.endsWith('Role')))) as readonly {
    readonly rules: readonly { readonly resourceNames: readonly string[] }[]
  }[]
  for (const { rules } of roles) for (const rule of rules) expect(rule.resourceNames).toEqual([names.name])
  expect(canaryUser(names)).toBe('system:serviceaccount:shop:sallyport-canary-1')
})
