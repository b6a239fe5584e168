import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { createAuthority } from '../../certs/authority.ts'
import { allKinds } from '../../src/api/kinds/all-kinds.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import type { KubeObject } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { createInstallationCheck, type InstallationCheck } from '../../src/controller/self-check/installation-check.ts'
import { createInstalledObjects } from '../../src/controller/self-check/installed-objects.ts'
import type { LeaseNotes } from '../../src/controller/self-check/lease-notes.ts'
import { createRestorations } from '../../src/controller/self-check/restorations.ts'
import { areVersionsSideBySide } from '../../src/controller/self-check/side-by-side.ts'
import { createSeenRight } from '../../src/controller/self-check/seen-right.ts'
import { customResourceDefinition } from '../../src/install/crd.ts'
import { installationOwner } from '../../src/api/installation-owner.ts'
import type { OwnerReference } from '../../src/api/owner-reference.ts'
import { replicaLabels } from '../../src/install/deployed/service.ts'
import { ownedBy } from '../../src/install/live-difference.ts'
import type { Manifest } from '../../src/api/manifest.ts'
import { patch } from '../fixtures/api-client.ts'
import { openScene, type Scene } from './this-cluster.ts'

// This suite has a configuration of its own, for changes that nobody makes in practice. The rest is in
// test/e2e/self-check.
const resource = resources.ValidatingWebhookConfiguration
const { signal } = new AbortController()
let time = 0
let notes: LeaseNotes
let followed: object[]

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
  const noted = new Map<string, string>()
  notes = {
    read: (key) => Promise.resolve(noted.get(key)),
    write: (key, value) => Promise.resolve(noted.set(key, value)).then(() => undefined),
  }
  followed = []
  await admin.remove(resource, { name })
})
inTheEnd(
  () => admin.remove(resource, { name }),
  () => admin.remove(resources.ClusterRole, { name }),
  () => scene.close(),
)

/** Makes the check of a leader that begins in peace. All leaders of a test leave each other the same notes. */
function checkBy(onDifference: 'Restore' | 'Report', client: Client = admin): InstallationCheck {
  return createInstallationCheck({
    objects: createInstalledObjects({ client, expected: (wanted) => wanted }),
    onDifference,
    restorations: createRestorations({ clock: { now: () => time }, intervalMs: 10_000 }),
    seenRight: createSeenRight(notes),
    isUpgrading: (until) => areVersionsSideBySide(admin, name, until),
    log: { info: (fields) => followed.push(fields) },
  })
}

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
    const check = checkBy('Restore')
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
    const check = checkBy('Restore')

    expect(await check(rendered(), owner, signal)).toMatchObject({
      code: 'E_INSTALLATION_MISSING',
      outcome: 'not restored',
      err: 'a webhook needs its CA, and it is not known: tls.caFile names it, or Sallyport makes it',
    })
    expect(await admin.get(resource, { name })).toBeUndefined()
  })
})

test('what the API server does not take is told each time, and written again after a pause', async () => {
  const check = checkBy('Restore', countingWrites())
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

describe('the next leader has another config', () => {
  const before = (): Manifest => rendered({ caBundle })
  const after = (): Manifest => rendered({ caBundle }, { failurePolicy: 'Ignore' })
  const failurePolicy = async (): Promise<unknown> => {
    const live: object = (await admin.get(resource, { name })) ?? {}
    return (live as { webhooks: readonly { failurePolicy: string }[] }).webhooks[0]?.failurePolicy
  }

  beforeEach(async () => {
    await admin.create(resource, ownedBy(before(), owner))
    expect(await checkBy('Report')(before(), owner, signal)).toBeUndefined()
  })

  test.each(['Restore', 'Report'] as const)(
    'with %s, what nobody touched follows it, and that is no finding',
    async (by) => {
      expect(await checkBy(by)(after(), owner, signal)).toBeUndefined()

      expect(await failurePolicy()).toBe('Ignore')
      expect(followed).toMatchObject([
        { name, differences: [expect.stringContaining('failurePolicy'), expect.anything()] },
      ])
    },
  )

  test('what somebody has touched is a finding, and with Report it stays', async () => {
    await patch(admin, resource, before(), { metadata: { annotations: { 'example.com/by': 'mallory' } } })

    expect(await checkBy('Report')(after(), owner, signal)).toMatchObject({
      code: 'E_INSTALLATION_CHANGED',
      outcome: 'reported',
    })
    expect(await failurePolicy()).toBe('Fail')
  })

  test('what somebody puts back to the config before is a finding', async () => {
    await checkBy('Restore')(after(), owner, signal)
    await patch(admin, resource, before(), { webhooks: before()['webhooks'] })

    expect(await checkBy('Restore')(after(), owner, signal)).toMatchObject({
      code: 'E_INSTALLATION_CHANGED',
      outcome: 'restored',
    })
  })

  test('while replicas of two versions run, it waits for the end of the former', async () => {
    const replica = async (version: string): Promise<void> => {
      const labels = { ...replicaLabels, 'app.kubernetes.io/version': version }
      const spec = { schedulerName: 'nobody', containers: [{ name: 'app', image: 'paper:1' }] }
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `v${version}`, namespace: name, labels }, spec }
      await admin.create(resources.Pod, pod)
    }
    await replica('1')
    await replica('2')

    expect(await checkBy('Restore')(after(), owner, signal)).toBe('waits')
    expect(await failurePolicy()).toBe('Fail')

    await admin.remove(resources.Pod, { namespace: name, name: 'v1', atOnce: true })
    expect(await checkBy('Restore')(after(), owner, signal)).toBeUndefined()
    expect(await failurePolicy()).toBe('Ignore')
  })

  test('a random part of the path that was made anew is no touch', async () => {
    const at = (secret: string): object => ({ url: `https://127.0.0.1:1/x/${secret.repeat(48)}`, caBundle })
    await patch(admin, resource, before(), { webhooks: rendered(at('a'))['webhooks'] })
    await checkBy('Restore')(rendered(at('a')), owner, signal)
    await patch(admin, resource, before(), { webhooks: rendered(at('b'))['webhooks'] })

    expect(await checkBy('Report')(rendered(at('b'), { timeoutSeconds: 6 }), owner, signal)).toBeUndefined()
    expect(followed).toHaveLength(1)
  })
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
    const check = checkBy('Restore')
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

    time += 1_000
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
    const check = checkBy('Restore')
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
  const check = checkBy('Report')
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
