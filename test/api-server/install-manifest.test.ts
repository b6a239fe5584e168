import { beforeAll, describe, expect, test } from '@jest/globals'
import { readdirSync } from 'node:fs'
import { parseAllDocuments, stringify } from 'yaml'
import { installation } from '../../src/api/installation.ts'
import type { Manifest } from '../../src/api/manifest.ts'
import { makeHome } from '../fixtures/home.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { until } from '../fixtures/until.ts'

const file = 'manifests/install.yaml'
const home = ['-n', installation.namespace]
const overlays = readdirSync('manifests/overlays')

/** Runs kubectl as the administrator. A warning or an error of the API server fails the test. */
async function quietly(args: readonly string[], input?: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await kubectl('admin', args, input)
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

// The kinds and the namespace are those of all suites. The suite begins without them, and gives them back.
beforeAll(async () => {
  await removeAll()
  before = await everything()
})
inTheEnd(removeAll, makeHome)

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

  const refused = await kubectl('admin', ['run', 'root', '--image=x', ...home])
  expect(refused.stderr).toContain('violates PodSecurity "restricted:latest"')
})

describe.each(overlays)('the overlay %s', (name) => {
  test('is rendered, and taken without a warning', async () => {
    const rendered = await admin(['kustomize', `manifests/overlays/${name}`])
    const objects = parseAllDocuments(rendered).map((document) => document.toJSON() as Manifest)
    const builtIn = objects.filter(({ apiVersion }) => apiVersion !== 'cert-manager.io/v1')

    const text = builtIn.map((object) => stringify(object)).join('---\n')
    const answers = await quietly(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], text)
    expect(answers).toHaveLength(builtIn.length)
  })
})

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
