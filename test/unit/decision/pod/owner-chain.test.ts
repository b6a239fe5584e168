import { describe, expect, test } from '@jest/globals'
import type { OwnerReference } from '../../../../src/api/owner-reference.ts'
import { isPodOf, membershipOf, type Owned, type Owner } from '../../../../src/decision/pod/owner-chain.ts'

const owner = (uid: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: uid,
  uid,
  controller: true,
  ...more,
})
const labels = { app: 'web', hash: '1' }
const object = (uid: string, ...ownerReferences: readonly OwnerReference[]): Owner => ({
  metadata: { uid, ownerReferences, labels },
})
const selecting = (one: Owner, selector: unknown): Owner => ({ ...one, spec: { selector } })

/** Returns a cluster with these objects, by name. */
const cluster = (...objects: readonly Owner[]) => {
  const byName = new Map(objects.map((one) => [one.metadata.uid, one]))
  return ({ name }: OwnerReference): Owner | undefined => byName.get(name)
}
const pod = object('pod', owner('web-1'))
const deployment = selecting(object('web'), { matchLabels: { app: 'web' } })
const replicaSet = selecting(object('web-1', owner('web')), { matchLabels: labels })
const find = cluster(deployment, replicaSet)

test('a pod belongs to what controls it, to what controls that, and to itself', () => {
  expect(isPodOf(pod, 'web-1', find)).toBe(true)
  expect(isPodOf(pod, 'web', find)).toBe(true)
  expect(isPodOf(pod, 'pod', find)).toBe(true)
})

test('a pod of a Job belongs to the CronJob of that Job', () => {
  const ofJob = owner('report-1', { apiVersion: 'batch/v1', kind: 'Job' })
  const ofCronJob = owner('report', { apiVersion: 'batch/v1', kind: 'CronJob' })
  const find = cluster(object('report'), object('report-1', ofCronJob), object('other-1', owner('other')))

  expect(isPodOf(object('pod', ofJob), 'report', find)).toBe(true)
  expect(isPodOf(object('pod', ofJob), 'report', cluster())).toBe(false)
  expect(isPodOf(object('pod', owner('other-1')), 'report', find)).toBe(false)
})

test.each<[string, Owned]>([
  ['nobody', object('pod')],
  ['an owner that does not control it', object('pod', owner('web', { controller: false }))],
  ['an owner that is gone', object('pod', owner('web-2'))],
  ['a namesake of what owned it', object('pod', owner('old-uid', { name: 'web-1' }))],
  ['somebody else', object('pod', owner('other'))],
])('but not to the workload through %s', (_title, one) => {
  const others = cluster(object('web'), object('web-1', owner('web')), object('other', owner('others')))

  expect(isPodOf(one, 'web', others)).toBe(false)
})

describe('a pod is for certain another workload’s', () => {
  const web = { kind: 'Deployment', name: 'web', uid: 'web' }
  const others = cluster(replicaSet, object('db'), object('db-1', owner('db')), object('lost-1', owner('gone')))
  const follows = ({ kind }: OwnerReference): boolean => kind === 'ReplicaSet'
  const isOfAnother = (one: Owned, workload = web): boolean =>
    membershipOf(one, workload, { find: others, follows }).isOfAnother

  test.each<[string, Owned]>([
    ['its controllers are all there, and none is the one', object('pod', owner('db-1'))],
    ['its controller is of a kind that no template can target', object('pod', owner('node-0', { kind: 'Node' }))],
  ])('where %s', (_title, one) => {
    expect(isOfAnother(one)).toBe(true)
  })

  test.each<[string, Owned]>([
    ['it has no controller, since one may adopt it', object('pod')],
    ['its controller is not there', object('pod', owner('none'))],
    ['a controller further up is not there', object('pod', owner('lost-1'))],
    ['a controller is a namesake', object('pod', owner('old-uid', { name: 'db-1' }))],
    ['its chain leads to the one', object('pod', owner('web-1'))],
    ['it is about to be let go', { metadata: { ...pod.metadata, labels: { app: 'web' } } }],
  ])('but not where %s', (_title, one) => {
    expect(isOfAnother(one)).toBe(false)
  })

  test('where the template targets another pod', () => {
    const one = { metadata: { ...object('pod').metadata, name: 'web-0' } }
    const anew = { kind: 'Pod', name: 'web-0', uid: 'anew' }

    expect(isOfAnother(one, { ...anew, name: 'web-1' })).toBe(true)
    expect(isOfAnother(one, anew)).toBe(false)
  })
})

test('a circle of owners has an end', () => {
  const circle = cluster(object('a', owner('b')), object('b', owner('a')))

  expect(isPodOf(object('pod', owner('a')), 'web', circle)).toBe(false)
})

describe('an owner in a pod is no proof', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['none', {}],
    ['those of the Deployment alone', { app: 'web' }],
    ['those of another pod', { app: 'db', hash: '1' }],
  ])('where its labels are %s', (_title, own) => {
    const forged = { metadata: { ...pod.metadata, labels: own } }

    expect(isPodOf(forged, 'web-1', find)).toBe(false)
    expect(isPodOf(forged, 'web', find)).toBe(false)
  })

  test('where a ReplicaSet of one’s own stands between', () => {
    const own = selecting(object('own', owner('web')), { matchLabels: { mine: 'yes' } })
    const forged = { metadata: { ...object('pod', owner('own')).metadata, labels: { mine: 'yes' } } }

    expect(isPodOf(forged, 'own', cluster(deployment, own))).toBe(true)
    expect(isPodOf(forged, 'web', cluster(deployment, own))).toBe(false)
  })
})

test.each<[string, unknown, boolean]>([
  ['a kind without a selector, such as CronJob', undefined, true],
  ['a selector that is a text, and says nothing of labels', 'app=db', true],
  ['the plain map of a ReplicationController', { app: 'web' }, true],
  ['the same of others', { app: 'db' }, false],
  ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] }, true],
  ['In of others', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] }, false],
  ['In of what it lacks', { matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }] }, false],
  ['NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
  ['NotIn of what it lacks', { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] }, true],
  ['Exists', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, false],
  ['DoesNotExist', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, false],
  ['a name that every object has', { matchLabels: { constructor: 'x' } }, false],
  ['an operator of another version', { matchExpressions: [{ key: 'app', operator: 'Gt', values: ['1'] }] }, false],
  ['one of both parts', { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'x', operator: 'Exists' }] }, false],
])('the selector counts: %s', (_title, selector, isIts) => {
  expect(isPodOf(pod, 'web-1', cluster(selecting(object('web-1'), selector)))).toBe(isIts)
})
