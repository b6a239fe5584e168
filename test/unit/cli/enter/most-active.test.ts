import { expect, test } from '@jest/globals'
import { mostActiveFirst } from '../../../../src/cli/enter/most-active.ts'
import type { KubeObject } from '../../../../src/cluster/client/resource.ts'

interface Facts {
  readonly node?: string
  readonly phase?: string
  readonly ready?: boolean
  readonly readySince?: string
  readonly restarts?: number
  readonly created?: string
}

function pod(name: string, facts: Facts = {}): KubeObject {
  const { node = 'node-0', phase = 'Running', ready = true, restarts = 0 } = facts
  const { readySince = '2026-11-01T10:00:00Z', created = '2026-11-01T09:00:00Z' } = facts
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, creationTimestamp: created },
    spec: { ...(node !== '' && { nodeName: node }) },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: readySince }],
      containerStatuses: [{ restartCount: restarts }],
    },
  }
  return object
}

// The order of ActivePods in kubectl: each pod is less active than the one before it, for one reason.
const order = [
  pod('oldest', { created: '2026-10-01T09:00:00Z' }),
  pod('older'),
  pod('restarted', { restarts: 2 }),
  pod('ready later', { readySince: '2026-11-01T11:00:00Z' }),
  pod('not ready', { ready: false }),
  pod('unknown', { phase: 'Unknown', ready: false }),
  pod('pending', { phase: 'Pending', ready: false }),
  pod('unscheduled', { node: '', phase: 'Pending', ready: false }),
]

test('kubectl exec takes the pod of a workload that is the most active', () => {
  expect(mostActiveFirst(order.toReversed())).toEqual(order)
})
