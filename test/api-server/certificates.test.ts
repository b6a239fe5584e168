import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { X509Certificate } from 'node:crypto'
import { rotateAnnotation } from '../../src/api/installation.ts'
import { createClient } from '../../src/cluster/client/client.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import { ownAccount } from '../../src/install/rbac.ts'
import { startTrustingClient, type TrustingClient } from '../fixtures/trusting-client.ts'
import { until } from '../fixtures/until.ts'
import {
  authorityOf,
  deadlineMs,
  host,
  leaderOf,
  leapingClock,
  makeConfigurations,
  published,
  quick,
  removeConfigurations,
  replicaOf,
  secretOf,
} from './certificates.ts'
import { openScene, thisCluster, type Scene } from './this-cluster.ts'

async function inNewScene(work: (scene: Scene, signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const scene = await openScene('certificates')
  const stop = new AbortController()
  try {
    await work(scene, stop.signal)
  } finally {
    stop.abort()
    await removeConfigurations(scene)
    await scene.close()
  }
}

test('three replicas that start at once, with a leader, end with one CA and one leaf of it', () =>
  inNewScene(async (scene, signal) => {
    const replicas = Array.from({ length: 3 }, () => replicaOf(scene, scene.admin, signal))
    const leader = leaderOf(scene, quick, { signal })

    await until('each serves', () => replicas.every((replica) => replica.whyNotReady() === undefined), deadlineMs)
    await until('they serve the same', () => new Set(replicas.map(({ now }) => now()?.cert)).size === 1, deadlineMs)
    const authority = await authorityOf(scene)
    await leader.stop()

    if (authority === undefined) throw new Error('there is no CA')
    expect(authority.bundle).toEqual([authority.signing.cert])
    const leaf = new X509Certificate(replicas[0]?.now()?.cert ?? '')
    expect(leaf.verify(new X509Certificate(authority.signing.cert).publicKey)).toBe(true)
    expect(leaf.checkHost(host)).toBe(host)
  }))

test('without its rights a replica is not ready and says what to do; with those of its Role it serves', () =>
  inNewScene(async (scene, signal) => {
    const { admin, namespace } = scene
    const alice = createClient(connect(thisCluster().kubeconfig('alice')))
    const replica = replicaOf(scene, alice, signal)
    const leader = leaderOf(scene, quick, { client: alice, signal })

    await until(
      'the errors',
      () => [replica, leader].every(({ log }) => log.lines.some(({ remedy }) => remedy)),
      deadlineMs,
    )
    expect(replica.log.lines[0]?.remedy).toContain('apply the Role sallyport')
    expect(replica.whyNotReady()).toBe('the certificate is not there yet')

    const role = ownAccount().find(({ kind }) => kind === 'Role')
    const metadata = { name: 'alice', namespace }
    await admin.create(resources.Role, { ...role, metadata } as never)
    const subjects = [{ kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' }]
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'alice' }
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata, subjects, roleRef }
    await admin.create(resources.RoleBinding, binding as never)

    await until('it serves', () => replica.whyNotReady() === undefined, deadlineMs)
    await leader.stop()
    // It ends with the watches, which end with the signal.
    void alice.close()
  }))

test('leaf and CA are renewed by their age, and a client that trusts what was published connects throughout', () =>
  inNewScene(async (scene, signal) => {
    const minute = 60_000
    const clock = leapingClock()
    const leader = leaderOf(scene, { ...quick, lifetimeMs: 60 * minute, caLifetimeMs: 90 * minute }, { clock, signal })
    // A replica that is first makes certificates that live as long as its config says.
    await until('the leader has made them', () => secretOf(scene, 'sallyport-tls'), deadlineMs)
    const replica = replicaOf(scene, scene.admin, signal)
    await until('it serves', () => replica.whyNotReady() === undefined && leader.caBundle(), deadlineMs)
    await makeConfigurations(scene, leader.caBundle() ?? '')
    const first = await authorityOf(scene)
    const client = await startTrustingClient(replica, host, () => published(scene), signal)
    const served = replica.now()?.cert

    clock.leap(45 * minute)
    await until('another leaf', () => replica.now()?.cert !== served, deadlineMs)
    expect(await authorityOf(scene)).toEqual(first)
    clock.leap(20 * minute)
    await until(
      'one CA is trusted, and it is another',
      async () => {
        const trusted = await published(scene)
        return !trusted.includes(first?.signing.cert ?? '') && trusted === (await authorityOf(scene))?.signing.cert
      },
      deadlineMs,
    )
    await client.stop()
    await leader.stop()

    expect(client.failures).toEqual([])
    expect(client.connections()).toBeGreaterThan(20)
  }))

describe('while a client that trusts what was published connects', () => {
  let scene: Scene
  let leader: ReturnType<typeof leaderOf>
  let replica: ReturnType<typeof replicaOf>
  let client: TrustingClient
  const stop = new AbortController()

  beforeAll(async () => {
    scene = await openScene('certificates')
    leader = leaderOf(scene, quick)
    // A replica that is still at making its own would put it in the place of a CA that a test deletes.
    await until('the leader has made them', () => secretOf(scene, 'sallyport-tls'), deadlineMs)
    replica = replicaOf(scene, scene.admin, stop.signal)
    await until('it serves', () => replica.whyNotReady() === undefined && leader.caBundle(), deadlineMs)
    await makeConfigurations(scene, leader.caBundle() ?? '')
    client = await startTrustingClient(replica, host, () => published(scene))
  })
  afterAll(async () => {
    await client.stop()
    await leader.stop()
    stop.abort()
    await removeConfigurations(scene)
    await scene.close()
  })

  /** Waits until the client has connected some times more, and expects that it never failed. */
  async function stillConnects(): Promise<void> {
    const before = client.connections()
    await until('connections', () => client.connections() > before + 5, deadlineMs)
    expect(client.failures).toEqual([])
  }
  const signing = async (): Promise<string | undefined> => (await authorityOf(scene))?.signing.cert
  const remove = (name: string): Promise<boolean> =>
    scene.admin.remove(resources.Secret, { name, namespace: scene.namespace })

  test('a CA Secret that somebody deletes or spoils has the same CA again', async () => {
    const before = await authorityOf(scene)
    await remove('sallyport-ca')
    await until(
      'it is there',
      async () => (await authorityOf(scene))?.signing.cert === before?.signing.cert,
      deadlineMs,
    )

    const where = { name: 'sallyport-ca', namespace: scene.namespace }
    await scene.admin.patch(resources.Secret, where, { data: { 'tls.crt': 'bm9uZQ==', 'ca.crt': null } })
    await until(
      'it is mended',
      async () => (await authorityOf(scene))?.bundle.length === before?.bundle.length,
      deadlineMs,
    )

    expect(await authorityOf(scene)).toEqual(before)
    await stillConnects()
  })

  test('a leaf Secret that somebody deletes or spoils gets a leaf of the same CA', async () => {
    const before = await signing()
    const where = { name: 'sallyport-tls', namespace: scene.namespace }
    for (const spoil of [
      () => remove(where.name),
      () => scene.admin.patch(resources.Secret, where, { data: { 'tls.key': 'eA==' } }),
    ]) {
      const served = replica.now()?.cert
      await spoil()
      await until('another leaf is served', () => replica.now()?.cert !== served, deadlineMs)
    }

    expect(await signing()).toBe(before)
    await stillConnects()
  })

  test('an administrator who annotates the CA Secret gets another CA, once', async () => {
    const before = await signing()
    const where = { name: 'sallyport-ca', namespace: scene.namespace }
    await scene.admin.patch(resources.Secret, where, { metadata: { annotations: { [rotateAnnotation]: 'leaked' } } })

    await until('another CA signs', async () => ![before, undefined].includes(await signing()), deadlineMs)
    await until('the old one is not trusted', async () => !(await published(scene)).includes(before ?? ''), deadlineMs)
    const after = await authorityOf(scene)
    await stillConnects()

    expect(after).toMatchObject({ next: undefined, bundle: [after?.signing.cert] })
    expect(await signing()).toBe(after?.signing.cert)
    expect((await secretOf(scene, 'sallyport-ca'))?.data?.['next.key']).toBeUndefined()
  })

  test('a CA that is lost while nobody leads is replaced, and the leaf in service stays trusted', async () => {
    const before = await signing()
    await leader.stop()
    await remove('sallyport-ca')
    leader = leaderOf(scene, quick)

    await until('another CA signs', async () => ![before, undefined].includes(await signing()), deadlineMs)
    await until('the old one is not trusted', async () => !(await published(scene)).includes(before ?? ''), deadlineMs)

    await stillConnects()
  })
})
