import { beforeAll, describe, expect, test } from '@jest/globals'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { installation } from '../../src/api/installation.ts'
import { makeHome } from '../fixtures/home.ts'
import { down, up, type Cluster } from '../cluster/cluster.ts'
import { certManagerCrds, findCrds, prometheusOperatorCrds } from '../cluster/module-crds.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import { run, type Ended } from '../fixtures/run.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

// This suite removes all kinds and makes them again. The controllers of a cluster need half a minute to learn of that, so
// the suite has a control plane of its own.
// This stands before the folder, which is removed after the cluster in it.
inTheEnd(() => down(dir, silent), makeHome)
const dir = join(temporaryFolder(), 'cluster')
const silent = (): void => undefined
let cluster: Cluster

const file = 'manifests/install.yaml'
const home = ['-n', installation.namespace]
const overlays = readdirSync('manifests/overlays')
/** The overlays that need the kinds of another project. */
const foreign = { 'cert-manager': certManagerCrds, monitoring: prometheusOperatorCrds }

/** Runs the cluster's kubectl as its administrator. */
function kubectl(args: readonly string[], input?: string): Promise<Ended> {
  return run(cluster.kubectl, [`--kubeconfig=${cluster.kubeconfig('admin')}`, ...args], input)
}

async function admin(args: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input)
  expect({ args, code, stderr }).toMatchObject({ code: 0 })
  return stdout
}

/** Does the same. A warning or an error of the API server fails the test. */
async function quietly(args: readonly string[], input?: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await kubectl(args, input)
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
  return stdout.trim().split('\n')
}

// The cluster itself makes these, and changes them at any time.
const passing = ['events', 'events.events.k8s.io', 'leases.coordination.k8s.io']

/** Returns what is in the cluster: the kind, namespace and name of each object. */
async function everything(): Promise<ReadonlySet<string>> {
  const listed = await admin(['api-resources', '--verbs=list', '--output=name'])
  const types = listed.split('\n').filter((type) => type !== '' && !passing.includes(type))
  const fields = '{.kind}{" "}{.metadata.namespace}{" "}{.metadata.name}{"\\n"}'
  const found = await admin(['get', types.join(','), '-A', '-o', `jsonpath={range .items[*]}${fields}{end}`])
  return new Set(found.split('\n'))
}

let before: ReadonlySet<string>

beforeAll(async () => {
  cluster = await up({ dir, node: false, log: silent })
  // A cluster that SALLYPORT_KUBECONFIG names is that of all suites.
  await removeAll()
  before = await everything()
})

/**
 * Removes the installation. It first reads all kinds. If nobody has ever read a kind, Kubernetes 1.37 may hold on to it
 * for five minutes. Its deletion then opens the storage of its objects, fails, and is not tried again.
 */
async function removeAll(): Promise<readonly string[]> {
  await everything()
  return quietly(['delete', '-f', file, '--ignore-not-found'])
}

test('one apply on a fresh cluster makes all of it, and a second one changes nothing', async () => {
  const made = await quietly(['apply', '--validate=strict', '-f', file])
  expect(made.filter((line) => !line.endsWith(' created'))).toEqual([])

  await quietly(['apply', '--validate=strict', '-f', file])
  expect(await quietly(['diff', '-f', file])).toEqual([''])
})

test('the kinds are served, and the API server finds no fault in a policy', async () => {
  await quietly(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'])

  const policies = await until('the API server has checked each policy', async () => {
    const listed = await admin(['get', 'validatingadmissionpolicies', '-o', 'json'])
    const { items } = JSON.parse(listed) as { items: readonly { status?: { typeChecking?: object } }[] }
    return items.every(({ status }) => status?.typeChecking) ? items : undefined
  })
  expect(policies.length).toBeGreaterThan(0)
  for (const { status } of policies) expect(status?.typeChecking).not.toHaveProperty('expressionWarnings')
})

test('nothing of it asks the API server to call a webhook', async () => {
  for (const type of ['validating', 'mutating'])
    expect(await admin(['get', `${type}webhookconfigurations`, installation.name, '--ignore-not-found'])).toBe('')
})

test('PodSecurity `restricted` takes the replicas', async () => {
  const names = await until('two replicas are made', async () => {
    const pods = await admin(['get', 'pods', ...home, '-l', 'app.kubernetes.io/component=replica', '-o', 'name'])
    return pods.trim().split('\n').length === 2 && pods
  })
  expect(names).toContain('pod/sallyport-')

  const refused = await kubectl(['run', 'root', '--image=x', ...home])
  expect(refused.stderr).toContain('violates PodSecurity "restricted:latest"')
})

describe.each(overlays.filter((name) => !(name in foreign)))('the overlay %s', (name) => {
  test('is rendered, and taken without a warning', () => isTaken(name))
})

for (const [name, module] of Object.entries(foreign)) {
  describeWith(await findCrds(toolWork, module), `the overlay ${name}`, ({ crds }) => {
    test(`is rendered, and taken with the kinds of ${module.title}`, async () => {
      const files = crds.flatMap((crd) => ['-f', crd])
      await admin(['apply', '--server-side', ...files])
      await admin(['wait', '--for=condition=Established', ...files])
      await isTaken(name)
      await everything()
      await admin(['delete', ...files])
    })
  })
}

/** The API server checks each object of an overlay as it would at an apply, and finds unknown fields. */
async function isTaken(overlay: string): Promise<void> {
  const rendered = await admin(['kustomize', `manifests/overlays/${overlay}`])
  const answers = await quietly(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], rendered)
  expect(answers).toHaveLength(parseAllDocuments(rendered).length)
}

test('a delete opens the cluster, and leaves nothing', async () => {
  const { uid } = (
    JSON.parse(await admin(['get', 'clusterrole', installation.name, '-o', 'json'])) as { metadata: { uid: string } }
  ).metadata
  // As the leader makes it.
  const owner = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: installation.name, uid }
  const owned = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: installation.name, ownerReferences: [owner] },
  }
  await admin(['create', '-f', '-'], JSON.stringify(owned))

  await removeAll()

  const left = await until('nothing is left', async () => {
    const added = [...(await everything())].filter((object) => !before.has(object))
    return added.length === 0 && 'nothing'
  })
  expect(left).toBe('nothing')
})
