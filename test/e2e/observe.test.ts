import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'observed'
const testOnNode = testWithNode()
const exec = ['exec', 'web-0', '-n', namespace, '-c', 'app', '--', 'echo', 'in']

let gate: DevGate

beforeAll(async () => {
  await admin(['create', 'namespace', namespace])
  await mayExec(namespace, 'alice')
  await (testOnNode === test ? runningPod(namespace, 'web-0') : undefined)
  gate = await startDevGate({ enforcement: 'Observe' })
})
afterAll(async () => {
  expect(await gate.stop()).toBe(0)
})

testOnNode('nobody is stopped, and what would have been denied is logged', async () => {
  expect(await kubectl('alice', exec)).toMatchObject({ code: 0, stdout: 'in\n' })

  expect(gate.decisions.at(-1)).toMatchObject({
    verdict: 'allow',
    code: 'OBSERVED',
    would: 'E_NO_PASS',
    user: 'alice',
    message: expect.stringContaining('alice has no access to pod observed/web-0'),
  })
})

testOnNode('also with the gate down', async () => {
  process.kill(gate.pid, 'SIGKILL')

  expect(await kubectl('alice', exec)).toMatchObject({ code: 0, stdout: 'in\n' })
})
