import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAuthority, issueLeaf, type KeyPair } from '../../certs/authority.ts'
import { readCaBundle } from '../../certs/ca-bundle.ts'
import { newLeaf } from '../../certs/new-certificates.ts'
import { certificatesIn, readStoredLeaf, storedLeafData } from '../../certs/stored-certificates.ts'
import { announcedAnnotation } from '../../src/api/installation.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { createFileTrust } from '../../src/controller/certificates/file-trust.ts'
import { enterService } from '../../src/enter-service.ts'
import { replicaLabels } from '../../src/install/deployed/service.ts'
import { openCertificates } from '../../src/open-certificates.ts'
import { createWaryClock } from '../../src/cluster/clock/wary-clock.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'
import {
  authorityOf,
  config,
  deadlineMs,
  host,
  keptLog,
  leaderOf,
  makeConfigurations,
  published,
  quick,
  removeConfigurations,
  replicaOf,
  secretOf,
} from './certificates.ts'
import { openScene, type Scene } from './this-cluster.ts'

const injectCaFrom = 'ns/certificate'
const injection = 'cert-manager.io/inject-ca-from'
const folder = temporaryFolder()
const [certFile, keyFile, caFile] = ['tls.crt', 'tls.key', 'ca.crt'].map((file) => join(folder, file)) as [
  string,
  string,
  string,
]

let scene: Scene
let stop: AbortController
let authority: KeyPair
const pem = ({ cert }: KeyPair): string => certificatesIn(cert).join('')

beforeEach(async () => {
  scene = await openScene('switch')
  stop = new AbortController()
  const { admin, namespace } = scene
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sallyport', namespace } }
  await admin.create(resources.ServiceAccount, account)
  const validity = { from: new Date(), days: 1 }
  authority = await createAuthority('a PKI', validity)
  const leaf = await issueLeaf(authority, [host], validity)
  writeFileSync(certFile, leaf.cert)
  writeFileSync(keyFile, leaf.key)
  writeFileSync(caFile, authority.cert)
})
afterEach(async () => {
  stop.abort()
  await removeConfigurations(scene)
  await scene.close()
})

interface PodFields {
  readonly annotations?: object
  readonly labels?: object
  readonly spec?: object
}

/** Makes the pod of a replica that never runs: no scheduler has this name. */
async function makePod(name: string, { spec = {}, ...metadata }: PodFields = {}): Promise<void> {
  const { admin, namespace } = scene
  await admin.create(resources.Pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: replicaLabels, ...metadata },
    spec: {
      ...{ serviceAccountName: 'sallyport', schedulerName: 'none' },
      containers: [{ name: 'sallyport', image: 'none' }],
      ...spec,
    },
  } as never)
}

const removePod = (name: string): Promise<boolean> =>
  scene.admin.remove(resources.Pod, { name, namespace: scene.namespace, atOnce: true })

/** Starts a replica that serves with the files, in this pod. */
function replicaOfFiles(name: string): ReturnType<typeof enterService> {
  const { admin: client, namespace } = scene
  const { signal } = stop
  const log = keptLog() as never
  const tls = { source: 'Files', certFile, keyFile, caFile, injectCaFrom: undefined } as const
  const clock = createWaryClock()
  const certificates = openCertificates({ ...config, tls }, { client, clock, namespace, signal, log })
  return enterService({ client, certificates, pod: { namespace, name }, configurations: namespace, log, signal })
}

/** Leads with the files, until the end of the test. */
function leaderOfFiles(from: string | undefined): void {
  const { admin, namespace } = scene
  const trusted = { injectCaFrom: from, readCaBundle: () => readCaBundle(caFile, certFile) }
  const keeper = createFileTrust({ ...trusted, namespace, configurations: namespace, log: keptLog() })
  keeper.start(admin, stop.signal).ended.catch(() => undefined)
}

async function annotation(): Promise<string | undefined> {
  const live = await scene.admin.get(resources.ValidatingWebhookConfiguration, { name: scene.namespace })
  return live?.metadata.annotations?.[injection]
}

test('without webhook configurations a replica enters at once: nobody asks it', async () => {
  await makePod('new')
  const entry = replicaOfFiles('new')

  await until('it enters', () => entry.whyNotReady() === undefined, deadlineMs)
})

test('a replica of another CA enters once the leader has added that CA, which goes with the pod', async () => {
  const leader = leaderOf(scene, quick, { signal: stop.signal })
  await until('the leader knows its CA', () => leader.caBundle(), deadlineMs)
  await leader.stop()
  const own = (await authorityOf(scene))?.bundle.join('') ?? ''
  await makeConfigurations(scene, Buffer.from(own).toString('base64'))
  await makePod('new')
  const entry = replicaOfFiles('new')
  await until('it says why not', () => entry.whyNotReady()?.includes('does not trust the certificate'), deadlineMs)
  expect(await published(scene)).toBe(own)

  leaderOf(scene, quick, { signal: stop.signal })
  await until('both are trusted', async () => (await published(scene)) === own + pem(authority), deadlineMs)
  expect(entry.whyNotReady()).toBeDefined()
  await until('it enters', () => entry.whyNotReady() === undefined, deadlineMs)

  await removePod('new')
  await until('the CA is gone', async () => (await published(scene)) === own, deadlineMs)
})

test('a CA counts only at a replica’s pod that still runs, in our namespace', async () => {
  const announced = { annotations: { [announcedAnnotation]: authority.cert } }
  const { admin, namespace } = scene
  const other = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'other', namespace } }
  await admin.create(resources.ServiceAccount, other)
  await makePod('other-account', { ...announced, spec: { serviceAccountName: 'other' } })
  await makePod('other-labels', { ...announced, labels: { 'app.kubernetes.io/name': 'sallyport' } })
  await makePod('ended', announced)
  await admin.patchStatus(resources.Pod, { name: 'ended', namespace }, { phase: 'Failed' })
  await using elsewhere = await elsewhereWith(announced)
  expect(elsewhere.namespace).not.toBe(namespace)
  const leader = leaderOf(scene, quick, { signal: stop.signal })
  const trusted = await until('the leader knows its CA', () => leader.caBundle(), deadlineMs)
  await makeConfigurations(scene, trusted)

  await makePod('counts', { annotations: { [announcedAnnotation]: `no PEM ${pem(authority)}` } })
  await until('the CA is added', async () => (await published(scene)).includes(pem(authority)), deadlineMs)
  await removePod('counts')
  await until('it is taken out', async () => !(await published(scene)).includes(pem(authority)), deadlineMs)
})

test('cert-manager gets caBundle only while all replicas serve its CA', async () => {
  const other = await createAuthority('another', { from: new Date(), days: 1 })
  const own = pem(authority)
  await makePod('new', { annotations: { [announcedAnnotation]: own } })
  await makePod('old', { annotations: { [announcedAnnotation]: other.cert } })
  await makeConfigurations(scene, Buffer.from(own + pem(other)).toString('base64'))
  leaderOfFiles(injectCaFrom)

  await removePod('old')
  await until('cert-manager has caBundle', async () => (await annotation()) === injectCaFrom, deadlineMs)
  expect(await published(scene)).toBe(own)
  await makePod('old', { annotations: { [announcedAnnotation]: other.cert } })
  await until('the leader has it', async () => (await annotation()) === undefined, deadlineMs)
  expect(await published(scene)).toBe(own + pem(other))
})

test('expired Secrets of an earlier time are made anew by the replica that needs them', async () => {
  const first = replicaOf(scene, scene.admin, stop.signal)
  await until('it serves', () => first.now(), deadlineMs)
  const [stored, tls] = [await authorityOf(scene), await secretOf(scene, 'sallyport-tls')]
  if (!stored || !tls) throw new Error('there is no CA')
  const day = 86_400_000
  const pair = await newLeaf(stored.signing, [host], { from: Date.now() - 2 * day, until: Date.now() - day })
  const data = storedLeafData({ pair, bundle: stored.bundle })
  await scene.admin.replace(resources.Secret, { ...tls, data } as never)

  const later = replicaOf(scene, scene.admin, stop.signal)
  await until('it serves', () => later.whyNotReady() === undefined, deadlineMs)
  expect(later.issuers()).toEqual(stored.bundle)
  const { cert } = readStoredLeaf((await secretOf(scene, 'sallyport-tls'))?.data ?? {}).pair
  expect(later.now()?.cert).toBe(cert)
})

/** Makes a pod of a replica in a namespace of its own. */
async function elsewhereWith(metadata: object): Promise<AsyncDisposable & { readonly namespace: string }> {
  const home = scene
  scene = await openScene('elsewhere')
  const { namespace, admin } = scene
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'sallyport', namespace } }
  await admin.create(resources.ServiceAccount, account)
  await makePod('elsewhere', metadata)
  const other = scene
  scene = home
  return { namespace, [Symbol.asyncDispose]: () => other.close() }
}
