import { beforeEach, expect, test } from '@jest/globals'
import type { KubeObject } from '../../../../src/cluster/client/resource.ts'
import { createObservedLease, type ObservedLease } from '../../../../src/cluster/lease/observed-lease.ts'

let now: number
let changes: string[]
let observed: ObservedLease

beforeEach(() => {
  now = 1_000
  changes = []
  observed = createObservedLease({ now: () => now }, ({ metadata }) => changes.push(metadata.resourceVersion ?? ''))
})

function lease(resourceVersion: string, renewTime: string): KubeObject & { readonly spec: object } {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'lease', resourceVersion },
    spec: { renewTime },
  }
}

test('the time of a holder counts from the moment at which the spec was seen to change', () => {
  expect(observed.see(lease('1', '10:00:00'))).toBe(1_000)
  now = 2_000
  expect(observed.see(lease('1', '10:00:00'))).toBe(1_000)
  expect(observed.see(lease('2', '10:00:02'))).toBe(2_000)
})

test('an annotation is shown as a change, and is no renewal', () => {
  observed.see(lease('1', '10:00:00'))
  now = 2_000

  expect(observed.see(lease('2', '10:00:00'))).toBe(1_000)
  expect(changes).toEqual(['1', '2'])
  expect(observed.last?.metadata.resourceVersion).toBe('2')
})
