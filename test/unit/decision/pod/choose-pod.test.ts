import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Pod } from '../../../../src/api/pod.ts'
import { choosePod } from '../../../../src/decision/pod/choose-pod.ts'
import { aPod } from '../../../fixtures/example-access.ts'

const readyPod = (name: string, creationTimestamp: string, ready = 'True'): Pod => {
  const pod = aPod({ metadata: { name, creationTimestamp } })
  return { ...pod, status: { ...pod.status, conditions: [{ type: 'Ready', status: ready }] } }
}

test('the oldest ready pod is chosen, whatever the order', () => {
  const pods = [
    readyPod('new', '2026-11-21T12:00:02Z'),
    readyPod('b', '2026-11-21T12:00:01Z'),
    readyPod('a', '2026-11-21T12:00:01Z'),
    readyPod('unready', '2026-11-21T12:00:00Z', 'False'),
    { ...readyPod('leaving', '2026-11-21T12:00:00Z'), metadata: { ...aPod().metadata, deletionTimestamp: 'x' } },
    aPod({ metadata: { name: 'unknown', creationTimestamp: '2026-11-21T12:00:00Z' } }),
  ]

  fc.assert(
    fc.property(fc.shuffledSubarray(pods, { minLength: pods.length }), (shuffled) => {
      expect(choosePod(shuffled)?.metadata.name).toBe('a')
    }),
  )
})

test('of none that is ready none is chosen', () => {
  expect(choosePod([readyPod('unready', '2026-11-21T12:00:00Z', 'False')])).toBeUndefined()
})
