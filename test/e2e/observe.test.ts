import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import type { DecisionEvent } from '../../src/audit/event/decision-event.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin } from '../fixtures/kubectl.ts'
import type { Ended } from '../fixtures/run.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { allWays, enterAll, nodeName, type Attempt } from '../fixtures/ways-in.ts'
import { servingPod } from '../fixtures/workload.ts'

const namespace = 'observed'
const testOnNode = testWithNode()
// Each way in is asked about once.
const oneOfEach = allWays.filter(([, { way }], index) => allWays.findIndex(([, other]) => other.way === way) === index)

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
  let entered: ReadonlyMap<string, Ended>
  // Each way has events of its own; cp makes several execs.
  const told = new Set<DecisionEvent>()

  beforeAll(async () => {
    if (testOnNode === test) entered = await enterAll(attempt)
  })

  testOnNode.each(allWays)('%s', async (title, { way, code, remedy }) => {
    // This compares the whole result, so that a failure shows what kubectl said.
    expect(entered.get(title)).toEqual(expect.objectContaining({ stdout: expect.stringContaining('inside') }))

    const recorded = await until('the event', () =>
      gate.decisions.find((one) => one.resource === way && remedy.test(one.message) && !told.has(one)),
    )
    told.add(recorded)
    expect(recorded).toMatchObject({ verdict: 'allow', code: 'OBSERVED', would: code, user: administrator().username })
  })
})

async function everybodyGetsIn(ways = allWays): Promise<void> {
  for (const [title, ended] of await enterAll(attempt, ways)) {
    expect({ title, ...ended }).toEqual(expect.objectContaining({ stdout: expect.stringContaining('inside') }))
  }
}

testOnNode('nobody is stopped by a gate that hangs', async () => {
  process.kill(gate.pid, 'SIGSTOP')
  try {
    // The API server waits for the timeout on each call. cp makes three calls.
    await everybodyGetsIn(oneOfEach)
  } finally {
    process.kill(gate.pid, 'SIGCONT')
  }
})

// This test is last: it ends the gate of this suite.
testOnNode('nor by one that is down', async () => {
  process.kill(gate.pid, 'SIGKILL')

  await everybodyGetsIn()
})
