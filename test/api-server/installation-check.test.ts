import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { createAuthority } from '../../certs/authority.ts'
import { allKinds } from '../../src/api/kinds/all-kinds.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import type { KubeObject } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { createInstallationCheck } from '../../src/controller/self-check/installation-check.ts'
import { createRestorations, type Restorations } from '../../src/controller/self-check/restorations.ts'
import { customResourceDefinition } from '../../src/install/crd.ts'
import { installationOwner } from '../../src/api/installation-owner.ts'
import type { OwnerReference } from '../../src/api/owner-reference.ts'
import { ownedBy } from '../../src/install/live-difference.ts'
import type { Manifest } from '../../src/api/manifest.ts'
import { patch } from '../fixtures/api-client.ts'
import { openScene, type Scene } from './this-cluster.ts'

// This suite has a configuration of its own, for changes that nobody makes in practice. The rest is in
// test/e2e/self-check.
const resource = resources.ValidatingWebhookConfiguration
const { signal } = new AbortController()
const expected = (wanted: Manifest): Manifest => wanted
let time = 0
const inPeace = (): Restorations => createRestorations({ clock: { now: () => time }, intervalMs: 10_000 })

let scene: Scene
let admin: Client
let name: string
let caBundle: string
let owner: OwnerReference

beforeAll(async () => {
  scene = await openScene('installation-check')
  ;({ admin, namespace: name } = scene)
  const authority = await createAuthority('test CA', { from: new Date(), days: 1 })
  const role: KubeObject = { apiVersion: resources.ClusterRole.apiVersion, kind: 'ClusterRole', metadata: { name } }
  const { metadata } = await admin.create(resources.ClusterRole, role)
  owner = { ...installationOwner(metadata.uid ?? ''), name }
  caBundle = Buffer.from(authority.cert).toString('base64')
})
beforeEach(async () => {
  await admin.remove(resource, { name })
})
inTheEnd(
  () => admin.remove(resource, { name }),
  () => admin.remove(resources.ClusterRole, { name }),
  () => scene.close(),
)

function rendered(clientConfig: object = {}, more: object = {}): Manifest {
  const rule = {
    apiGroups: ['x.example.com'],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['x'],
    scope: '*',
  }
  return {
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    metadata: { name, labels: { app: 'x' } },
    webhooks: ['a.example.com', 'b.example.com'].map((entry) => ({
      name: entry,
      rules: [rule],
      clientConfig: { url: 'https://127.0.0.1:1/x', ...clientConfig },
      failurePolicy: 'Fail',
      sideEffects: 'None',
      timeoutSeconds: 5,
      admissionReviewVersions: ['v1'],
      ...more,
    })),
  }
}

describe('where the config names no CA', () => {
  test('what somebody else wrote as caBundle stays, also when the rest is mended', async () => {
    const check = createInstallationCheck({ client: admin, onDifference: 'Restore', expected, restorations: inPeace() })
    await admin.create(resource, ownedBy(rendered({ caBundle }), owner))
    expect(await check(rendered(), owner, signal)).toBeUndefined()

    const [, second] = rendered({ caBundle })['webhooks'] as readonly object[]
    await patch(admin, resource, rendered(), { webhooks: [{ ...second, failurePolicy: 'Ignore' }] })
    expect(await check(rendered(), owner, signal)).toMatchObject({
      code: 'E_INSTALLATION_CHANGED',
      outcome: 'restored',
    })

    expect(await admin.get(resource, { name })).toMatchObject({ webhooks: rendered({ caBundle })['webhooks'] })
  })

  test('a deleted configuration is not made anew, which would be called by nobody, and that is told', async () => {
    const check = createInstallationCheck({ client: admin, onDifference: 'Restore', expected, restorations: inPeace() })

    expect(await check(rendered(), owner, signal)).toMatchObject({
      code: 'E_INSTALLATION_MISSING',
      outcome: 'not restored',
      err: 'a webhook needs its CA, and it is not known: tls.caFile names it, or Sallyport makes it',
    })
    expect(await admin.get(resource, { name })).toBeUndefined()
  })
})

test('what the API server does not take is told each time, and written again after a pause', async () => {
  const check = createInstallationCheck({
    client: countingWrites(),
    onDifference: 'Restore',
    expected,
    restorations: inPeace(),
  })
  await admin.create(resource, ownedBy(rendered({ caBundle }), owner))
  const wanted = rendered({ caBundle }, { ofAnotherVersion: true })
  const undone = {
    code: 'E_NOT_RESTORED',
    outcome: 'not restored',
    differences: [
      'webhooks[a.example.com].ofAnotherVersion is absent, and should be true',
      'webhooks[b.example.com].ofAnotherVersion is absent, and should be true',
    ],
  }

  expect(await check(wanted, owner, signal)).toMatchObject(undone)
  expect(await check(wanted, owner, signal)).toMatchObject(undone)
  expect(writes).toBe(1)

  time += 10_000
  expect(await check(wanted, owner, signal)).toMatchObject(undone)
  expect(writes).toBe(2)
})

describe('somebody undoes each restoration, as a cloud does', () => {
  const namespaceSelector = { matchExpressions: [{ key: 'control-plane', operator: 'DoesNotExist' }] }
  const wanted = (): Manifest => rendered({ caBundle })
  const webhooksWith = (more: object): object => ({ webhooks: rendered({ caBundle }, more)['webhooks'] })
  const enforce = (more: object = {}): Promise<unknown> =>
    patch(admin, resource, wanted(), webhooksWith({ namespaceSelector, ...more }))
  const isOpen = async (): Promise<boolean> =>
    JSON.stringify(await admin.get(resource, { name })).includes('control-plane')

  test('it is told as a war, with what passes, and is written ever less often; what is new at once', async () => {
    const check = createInstallationCheck({ client: admin, onDifference: 'Restore', expected, restorations: inPeace() })
    await admin.create(resource, ownedBy(wanted(), owner))
    const war = (restoredBefore: number): object => ({
      code: 'E_NOT_RESTORED',
      outcome: 'not restored',
      restoredBefore,
      meanwhile: 'every way into the pods of the namespaces that it leaves out is open',
    })
    for (let tries = 0; tries < 2; tries += 1) {
      await enforce()
      expect(await check(wanted(), owner, signal)).toMatchObject({
        code: 'E_INSTALLATION_CHANGED',
        outcome: 'restored',
      })
      time += 10_000
    }

    await enforce()
    expect(await check(wanted(), owner, signal)).toMatchObject(war(2))
    expect(await isOpen()).toBe(false)

    time += 10_000
    await enforce()
    expect(await check(wanted(), owner, signal)).toMatchObject(war(3))
    expect(await isOpen()).toBe(true)

    time += 10_000
    expect(await check(wanted(), owner, signal)).toMatchObject(war(3))
    expect(await isOpen()).toBe(false)

    await enforce({ failurePolicy: 'Ignore' })
    expect(await check(wanted(), owner, signal)).toMatchObject({
      ...war(4),
      meanwhile: expect.stringContaining('no replica') as unknown,
    })
    expect(await isOpen()).toBe(false)
  })

  test('what is deleted again and again is one, too', async () => {
    const check = createInstallationCheck({ client: admin, onDifference: 'Restore', expected, restorations: inPeace() })
    for (let tries = 0; tries < 2; tries += 1) {
      await admin.remove(resource, { name })
      expect(await check(wanted(), owner, signal)).toMatchObject({
        code: 'E_INSTALLATION_MISSING',
        outcome: 'restored',
      })
    }
    time += 10_000
    await admin.remove(resource, { name })

    expect(await check(wanted(), owner, signal)).toMatchObject({
      code: 'E_NOT_RESTORED',
      restoredBefore: 2,
      meanwhile: 'the API server asks no gate',
    })
    expect(await admin.get(resource, { name })).toBeDefined()
  })
})

test.each(allKinds)('$kind is stored as it is rendered, so that nobody is told of a change', async (kind) => {
  const check = createInstallationCheck({ client: admin, onDifference: 'Report', expected, restorations: inPeace() })
  const definition = customResourceDefinition(kind)
  await admin.apply(resources.CustomResourceDefinition, definition)

  expect(await check(definition, owner, signal)).toBeUndefined()
})

let writes = 0

function countingWrites(): Client {
  return {
    ...admin,
    replace: (kind, object, until) => {
      writes++
      return admin.replace(kind, object, until)
    },
  }
}
