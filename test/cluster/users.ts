import { randomBytes } from 'node:crypto'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { parse } from 'yaml'
import type { ClusterRecord, Person } from './cluster-record.ts'
import { newKeyPair, type KeyPair } from './key-pair.ts'
import { writeKubeconfig, type Endpoint } from './kubeconfig.ts'
import type { Kubectl } from './kubectl.ts'
import { signingRequest } from './signing-request.ts'
import type { Startup } from './startup.ts'
import { waitUntil } from './wait-until.ts'

const groups: Record<Person, string> = { alice: 'dev', mallory: 'dev', bob: 'sre', carol: 'sre' }
const people: readonly Person[] = ['alice', 'mallory', 'bob', 'carol']

// A day. No test takes longer, and on a given cluster nothing can withdraw them.
const validSeconds = 86_400
// A signer answers within a second. Some managed clusters leave it to a slower controller.
const signingDeadlineMs = 60_000

export type PeopleKeys = ReadonlyMap<Person, KeyPair>

/** Makes keys for everybody. They are made before there is a cluster, while other steps are awaited. */
export async function newPeopleKeys(): Promise<PeopleKeys> {
  return new Map(await Promise.all(people.map(async (person) => [person, await newKeyPair()] as const)))
}

/** Has everybody's certificate signed through the API, as in any cluster, and writes the kubeconfigs. */
export async function createPeople(startup: Startup, kubectl: Kubectl, keys: PeopleKeys): Promise<void> {
  const endpoint = await adminEndpoint(kubectl)
  // Each run has names of its own: on a given cluster another run may be signing at the same time.
  const suffix = randomBytes(4).toString('hex')
  const nameOf = (person: Person) => `sallyport-test-${person}-${suffix}`
  const names = people.map(nameOf)
  const requests = [...keys].map(([person, pair]) =>
    signingRequest(nameOf(person), { username: person, group: groups[person], keys: pair, validSeconds }),
  )
  await kubectl.as('admin', ['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: requests }))
  try {
    await kubectl.as('admin', ['certificate', 'approve', ...names])
    const issued = await waitForCertificates(startup, kubectl, names)
    for (const [person, { pem }] of keys) {
      const certificate = issued.get(nameOf(person)) ?? ''
      writeKubeconfig(startup.dir, person, endpoint, { keyPem: pem, certificatePem: decode(certificate) })
    }
  } finally {
    await kubectl.as('admin', ['delete', 'csr', '--wait=false', ...names])
  }
}

const signingRequests = Type.Object({
  items: Type.Array(
    Type.Object({
      metadata: Type.Object({ name: Type.String() }),
      status: Type.Object({ certificate: Type.Optional(Type.String()) }),
    }),
  ),
})

async function waitForCertificates(startup: Startup, kubectl: Kubectl, names: readonly string[]) {
  const issued = new Map<string, string>()
  const what = 'the signing of certificates (CertificateSigningRequest, kubernetes.io/kube-apiserver-client)'
  await waitUntil({ what, deadlineMs: signingDeadlineMs, signal: startup.signal }, async () => {
    const answer: unknown = JSON.parse(await kubectl.as('admin', ['get', 'csr', '-o', 'json', ...names]))
    for (const { metadata, status } of Value.Parse(signingRequests, answer).items) {
      if (status.certificate !== undefined) issued.set(metadata.name, status.certificate)
    }
    return names.every((name) => issued.has(name))
  })
  return issued
}

const flatKubeconfig = Type.Object({
  clusters: Type.Array(
    Type.Object({
      cluster: Type.Object({ server: Type.String(), 'certificate-authority-data': Type.Optional(Type.String()) }),
    }),
    { minItems: 1 },
  ),
})

/** Returns the URL of the API server in the admin's kubeconfig. */
export async function adminServer(kubectl: Kubectl): Promise<string> {
  return (await adminEndpoint(kubectl)).server
}

const whoAmI = Type.Object({
  status: Type.Object({
    userInfo: Type.Object({ username: Type.String(), groups: Type.Optional(Type.Array(Type.String())) }),
  }),
})

/** Asks who the admin is, by SelfSubjectReview: each cluster has its own name for the admin. */
export async function askAdministrator(kubectl: Kubectl): Promise<ClusterRecord['administrator']> {
  const answer: unknown = JSON.parse(await kubectl.as('admin', ['auth', 'whoami', '-o', 'json']))
  const { username, groups = [] } = Value.Parse(whoAmI, answer).status.userInfo
  return { username, groups }
}

/** Returns the endpoint in the admin's kubeconfig. */
async function adminEndpoint(kubectl: Kubectl): Promise<Endpoint> {
  const text = await kubectl.as('admin', ['config', 'view', '--raw', '--flatten', '--minify'])
  const [first] = Value.Parse(flatKubeconfig, parse(text)).clusters
  if (first === undefined) throw new Error('the kubeconfig names no cluster')
  return { server: first.cluster.server, caPem: decode(first.cluster['certificate-authority-data'] ?? '') }
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}
