import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, kubectl, type KubectlUser } from '../fixtures/kubectl.ts'
import { execByOfficialClient } from '../fixtures/official-client.ts'
import { powerfulServiceAccount } from '../fixtures/service-account.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'stopped'
const testOnNode = testWithNode()
const exec = ['exec', 'web-0', '-n', namespace, '-c', 'app', '--', 'id']

let gate: DevGate
let operator: { kubeconfig: string }
let exempted: { kubeconfig: string }

beforeAll(async () => {
  await admin(['create', 'namespace', namespace])
  await mayExec(namespace, 'alice')
  operator = await powerfulServiceAccount(namespace, 'operator')
  exempted = await powerfulServiceAccount(namespace, 'exempted')
  // Without a node the pod stays Pending, which makes no difference to admission.
  await (testOnNode === test ? runningPod(namespace, 'web-0') : undefined)
  gate = await startDevGate({
    exemptions: [
      {
        why: 'it backs up by exec',
        subjects: [{ kind: 'ServiceAccount', name: 'exempted', namespace }],
        namespaces: [namespace],
        subresources: ['pods/exec'],
      },
    ],
  })
})
afterAll(async () => {
  await gate.stop()
})

describe('kubectl exec is denied with our text', () => {
  // kubectl tries a WebSocket, then SPDY. Since 1.36 its second try keeps the message of a refusal and forgets the
  // status.
  const beginning = /^(?:Error from server \(Forbidden\)|error: unable to upgrade connection): /
  const denial = (user: string): object => ({
    code: 1,
    stdout: '',
    begins: true,
    says:
      `admission webhook "gate.access.sallyport.dev" denied the request: ` +
      `${user} has no access to pod ${namespace}/web-0 (E_NO_PASS). Ask, and go in:\n` +
      `kubectl access exec web-0 -n ${namespace} -c app -- id\n` +
      `Ways in that are offered: kubectl access templates -n ${namespace}\n`,
  })
  const denied = async (user: KubectlUser): Promise<object> => {
    const { stderr, ...ended } = await kubectl(user, exec)
    return { ...ended, begins: beginning.test(stderr), says: stderr.replace(beginning, '') }
  }

  testOnNode('to alice, who has a standing role', async () => {
    expect(await denied('alice')).toEqual(denial('alice'))
  })

  testOnNode('to a cluster-admin', async () => {
    expect(await denied('admin')).toEqual(denial(administrator().username))
  })

  testOnNode('to a service account', async () => {
    expect(await denied(operator)).toEqual(denial(`system:serviceaccount:${namespace}:operator`))
  })
})

testOnNode('a program that uses the official JavaScript client is stopped, and passes if it is exempt', async () => {
  const call = { namespace, pod: 'web-0', command: ['echo', 'inside'] }

  await expect(execByOfficialClient(operator.kubeconfig, call)).rejects.toMatchObject({
    message: expect.stringContaining('403'),
  })
  expect(await execByOfficialClient(exempted.kubeconfig, call)).toBe('inside\n')
})

test('the API server answers 403, and its audit log has our code and id', async () => {
  const raw = await kubectl(
    'admin',
    ['create', '--raw', `/api/v1/namespaces/${namespace}/pods/none/exec?command=id`, '-f', '-', '-v=8'],
    '{}',
  )

  expect(raw.stderr).toMatch(/"code":\s*403|status="403/)
  // A denial is held for a moment, because kubectl tries twice.
  expect(await until('the event', () => gate.decisions.find(({ name }) => name === 'none'))).toMatchObject({
    verdict: 'deny',
    code: 'E_NO_PASS',
    user: administrator().username,
    resource: 'pods/exec',
    namespace,
    command: ['id'],
  })
})

testOnNode('an exempted service account gets in, and that is logged with the reason', async () => {
  const { code, stdout } = await kubectl(exempted, exec)

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('uid=0') })
  expect(await until('the event', () => gate.decisions.find(({ code }) => code === 'EXEMPT'))).toMatchObject({
    verdict: 'allow',
    message: 'it backs up by exec',
    user: `system:serviceaccount:${namespace}:exempted`,
  })
})

test('who only impersonates it does not', async () => {
  const as = `--as=system:serviceaccount:${namespace}:exempted`

  const { stderr } = await kubectl('admin', [as, ...exec])

  expect(stderr).toContain('(E_IMPERSONATED)')
})

// This test is last: it ends the gate of this suite.
testOnNode('with the gate killed the API server itself denies', async () => {
  process.kill(gate.pid, 'SIGKILL')
  await until('the end of the gate', async () => {
    const { stderr } = await kubectl('alice', exec)
    return stderr.includes('failed calling webhook "gate.access.sallyport.dev"')
  })

  expect((await kubectl('admin', exec)).code).toBe(1)
  expect((await kubectl(exempted, exec)).code).toBe(1)
})
