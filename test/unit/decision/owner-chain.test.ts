import { expect, test } from '@jest/globals'
import type { OwnerReference } from '../../../src/api/owner-reference.ts'
import { isControlledBy, type Owned } from '../../../src/decision/owner-chain.ts'

const owner = (uid: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: uid,
  uid,
  controller: true,
  ...more,
})
const object = (uid: string, ...ownerReferences: readonly OwnerReference[]): Owned => ({
  metadata: { uid, ownerReferences },
})

/** What is there, by name. */
const cluster = (...objects: readonly Owned[]) => {
  const byName = new Map(objects.map((one) => [one.metadata.uid, one]))
  return ({ name }: OwnerReference): Owned | undefined => byName.get(name)
}

test('a pod belongs to what controls it, and to what controls that', () => {
  const find = cluster(object('web-1', owner('web')))

  expect(isControlledBy(object('pod', owner('web-1')), 'web-1', find)).toBe(true)
  expect(isControlledBy(object('pod', owner('web-1')), 'web', find)).toBe(true)
})

test('a pod of a Job belongs to the CronJob of that Job', () => {
  const ofJob = owner('report-1', { apiVersion: 'batch/v1', kind: 'Job' })
  const ofCronJob = owner('report', { apiVersion: 'batch/v1', kind: 'CronJob' })
  const find = cluster(object('report-1', ofCronJob), object('other-1', owner('other')))

  expect(isControlledBy(object('pod', ofJob), 'report', find)).toBe(true)
  expect(isControlledBy(object('pod', ofJob), 'report', cluster())).toBe(false)
  expect(isControlledBy(object('pod', owner('other-1')), 'report', find)).toBe(false)
})

test.each<[string, Owned]>([
  ['nobody', object('pod')],
  ['an owner that does not control it', object('pod', owner('web', { controller: false }))],
  ['an owner that is gone', object('pod', owner('web-2'))],
  ['a namesake of what owned it', object('pod', owner('old-uid', { name: 'web-1' }))],
  ['somebody else', object('pod', owner('other'))],
])('but not to the workload through %s', (_title, pod) => {
  const find = cluster(object('web-1', owner('web')), object('other', owner('others')))

  expect(isControlledBy(pod, 'web', find)).toBe(false)
})

test('a circle of owners has an end', () => {
  const find = cluster(object('a', owner('b')), object('b', owner('a')))

  expect(isControlledBy(object('pod', owner('a')), 'web', find)).toBe(false)
})
