import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { apiGroup } from '../../src/api/kinds/kind.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { binding } from '../fixtures/access.ts'
import { clientOf, refusal } from '../fixtures/api-client.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { until } from '../fixtures/until.ts'
import { installKinds } from './installed-kinds.ts'
import { accessRequest } from './objects.ts'

// No webhook of ours is installed here: what refuses is the policy, in the API server's own process.

const namespace = 'request-deletions'
const refused = 'E_REQUEST_DELETE'

let root: Client // cluster-admin
let alice: Client
let bob: Client
let mallory: Client
let sallyport: Client

beforeAll(async () => {
  const account = await installKinds(namespace)
  ;[root, alice, bob, mallory] = [clientOf('admin'), clientOf('alice'), clientOf('bob'), clientOf('mallory')]
  sallyport = clientOf(account)
  await apply(
    ...['bob', 'mallory'].map((user) => binding(namespace, 'sallyport-requestor', user)),
    binding(namespace, 'sweeper', 'mallory'),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'sweeper' },
      rules: [{ apiGroups: [apiGroup], resources: ['accessrequests'], verbs: ['deletecollection', 'list'] }],
    },
  )
  await asked('probe')
  await until('RBAC and the policy count', async () => (await tried(mallory, 'probe')).includes(refused))
})
afterAll(async () => {
  await Promise.all([root, alice, bob, mallory, sallyport].map((client) => client.close()))
  await admin(['delete', 'clusterrole', 'sweeper'])
})

const asked = (name: string, where = namespace): Promise<unknown> =>
  alice.create(accessRequestKind, accessRequest(where, name))
const removed = (client: Client, name: string): Promise<unknown> =>
  client.remove(accessRequestKind, { namespace, name })
const tried = (client: Client, name: string): Promise<string> =>
  removed(client, name).then(
    () => 'deleted',
    (error: unknown) => String(error),
  )

describe('a request of another person', () => {
  test('is deleted by nobody who only may delete requests', async () => {
    await asked('others')

    expect(await refusal(removed(mallory, 'others'))).toContain(
      `${refused}: mallory neither made request others nor may decide it. Have its requestor or an approver delete it`,
    )
  })

  test('is not deleted among others, either', async () => {
    await asked('among-others')
    const all = pathOf(accessRequestKind, { namespace })

    expect(await refusal(mallory.call(all, { method: 'DELETE' }))).toContain(refused)
    expect(await admin(['get', 'areq', '-n', namespace, '-o', 'name'])).toContain('among-others')
  })

  test('is deleted by an approver, by a cluster-admin and by Sallyport', async () => {
    for (const [client, name] of [
      [bob, 'by-bob'],
      [root, 'by-root'],
      [sallyport, 'by-sallyport'],
    ] as const) {
      await asked(name)
      expect(await removed(client, name)).toBe(true)
    }
  })

  test.each(['namespace-controller', 'generic-garbage-collector'])('is deleted by the %s', async (name) => {
    const metadata = { name, namespace: 'kube-system' }
    await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
    const controller = clientOf(await serviceAccountLogin(metadata.namespace, name))
    try {
      await asked(name)
      expect(await removed(controller, name)).toBe(true)
    } finally {
      await controller.close()
    }
  })
})

test('who made a request deletes it', async () => {
  await asked('own')

  expect(await removed(alice, 'own')).toBe(true)
})

test('a namespace with requests goes, with no gate in the cluster', async () => {
  const going = 'request-deletions-going'
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: going } })
  await apply(
    ...['alice', 'mallory'].map((user) => binding(going, 'sallyport-requestor', user)),
    // It holds up the namespace for a while.
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'hold', namespace: going, finalizers: ['example.com/hold'] },
    },
  )
  await until('alice may ask there', () =>
    asked('one', going).then(
      () => true,
      () => false,
    ),
  )
  await admin(['delete', 'namespace', going, '--wait=false'])
  await until('its request is gone', async () => (await admin(['get', 'areq', '-n', going, '-o', 'name'])) === '')
  await admin(['patch', 'configmap', 'hold', '-n', going, '--type=merge', '-p', '{"metadata":{"finalizers":null}}'])

  await admin(['wait', `namespace/${going}`, '--for=delete', '--timeout=60s'])
})
