import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin } from '../fixtures/kubectl.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { nodeName, triedWays, type Attempt, type TriedWay } from '../fixtures/ways-in.ts'
import { servingPod } from '../fixtures/workload.ts'

const namespace = 'observed'
const testOnNode = testWithNode()
const ways: readonly [string, TriedWay][] = Object.entries(triedWays)

let gate: DevGate
let attempt: Attempt

beforeAll(async () => {
  await admin(['create', 'namespace', namespace])
  await (testOnNode === test ? servingPod(namespace, 'web-0') : undefined)
  attempt = { user: 'admin', namespace, node: await nodeName() }
  gate = await startDevGate({ enforcement: 'Observe' })
})
afterAll(async () => {
  expect(await gate.stop()).toBe(0)
})

describe('nobody is stopped, and what would have been denied is recorded with its code and text', () => {
  testOnNode.each(ways)('%s', async (_title, { way, code, remedy, enter }) => {
    const before = gate.decisions.length

    expect(await enter(attempt)).toMatchObject({ stdout: expect.stringContaining('inside') })

    // cp is several execs.
    const recorded = await until('the event', () =>
      gate.decisions.slice(before).find(({ resource, message }) => resource === way && remedy.test(message)),
    )
    expect(recorded).toMatchObject({ verdict: 'allow', code: 'OBSERVED', would: code, user: 'admin' })
  })
})

/** All at once: where a call fails the API server waits for its timeout. */
async function everybodyGetsIn(): Promise<void> {
  const all = ways.map(async ([title, { enter }]) => ({ title, ended: await enter(attempt) }))
  for (const { title, ended } of await Promise.all(all)) {
    expect({ title, ...ended }).toMatchObject({ stdout: expect.stringContaining('inside') })
  }
}

testOnNode('nobody is stopped by a gate that hangs', async () => {
  process.kill(gate.pid, 'SIGSTOP')
  try {
    await everybodyGetsIn()
  } finally {
    process.kill(gate.pid, 'SIGCONT')
  }
})

// Last: it ends this suite's gate.
testOnNode('nor by one that is down', async () => {
  process.kill(gate.pid, 'SIGKILL')

  await everybodyGetsIn()
})
