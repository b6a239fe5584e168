import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { apiGroup } from '../../src/api/kinds/kind.ts'
import { accessGrantKind } from '../../src/api/kinds/access-grant.ts'
import { accessPassKind } from '../../src/api/kinds/access-pass.ts'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import { accessTemplateKind } from '../../src/api/kinds/access-template.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { guardPolicyNames } from '../../src/install/guard-policy.ts'
import { installation, serviceAccountUser } from '../../src/api/installation.ts'
import { testCluster } from '../fixtures/test-cluster.ts'
import { clientOf, get, patch, patchStatus, refusal } from '../fixtures/api-client.ts'
import { admin, apply, kubectl } from '../fixtures/kubectl.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { until } from '../fixtures/until.ts'
import { binding } from '../fixtures/access.ts'
import { administrator } from '../fixtures/administrator.ts'
import { installKinds } from './installed-kinds.ts'
import { accessGrant, accessPass, accessRecord, accessRequest, accessTemplate, useRecord } from './objects.ts'

// None of our webhooks is installed here: only the policy refuses, in the API server's own process.

const namespace = 'guarded'
const home = installation.namespace
const sallyportOnly = 'E_SALLYPORT_ONLY'
const forged = 'E_FORGED_IDENTITY'
const foreign = 'E_FOREIGN_METADATA'
const cascades = ['foreground', 'orphan'] as const
const credentialId = 'authentication.kubernetes.io/credential-id'

let root: Client // The client of a cluster-admin.
let alice: Client
let bob: Client
let sallyport: Client

beforeAll(async () => {
  const account = await installKinds(namespace)
  ;[root, alice, bob, sallyport] = [clientOf('admin'), clientOf('alice'), clientOf('bob'), clientOf(account)]
  await Promise.all(cascades.map(deleteSlowly))
})
afterAll(async () => {
  await Promise.all([root, alice, bob, sallyport].map((client) => client.close()))
})

async function deleteSlowly(cascade: string): Promise<void> {
  const name = `cascade-${cascade}`
  const { apiVersion, kind, metadata } = await alice.create(accessRequestKind, accessRequest(namespace, name))
  const ownerReferences = [{ apiVersion, kind, name, uid: metadata.uid, blockOwnerDeletion: true }]
  await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, ownerReferences } })
  await admin(['delete', 'areq', name, '-n', namespace, `--cascade=${cascade}`, '--wait=false'])
}

test('the API server finds no fault in the expressions', async () => {
  const policies = JSON.parse(await admin(['get', 'validatingadmissionpolicies', '-o', 'json'])) as Policies
  const ours = policies.items.filter(({ metadata }) => metadata.name.startsWith('sallyport-'))
  const warnings = ours.map(({ status }) => status?.typeChecking?.expressionWarnings)
  expect(warnings).toEqual(guardPolicyNames().map(() => undefined))
})
interface Policies {
  items: { metadata: { name: string }; status?: { typeChecking?: { expressionWarnings?: unknown } } }[]
}

describe('status, passes and records', () => {
  const impersonated = `--as=${serviceAccountUser}`

  test('are written by Sallyport', async () => {
    const request = await alice.create(accessRequestKind, accessRequest(namespace, 'status'))
    await patchStatus(sallyport, accessRequestKind, request, { phase: 'Pending' })
    await sallyport.apply(accessPassKind, accessPass(namespace, 'p-ours'))
    expect(await sallyport.remove(accessPassKind, { namespace, name: 'p-ours' })).toBe(true)
  })

  test('are refused to a cluster-admin', async () => {
    const request = await alice.create(accessRequestKind, accessRequest(namespace, 'forged-status'))
    const pass = await sallyport.create(accessPassKind, accessPass(namespace, 'p-forged'))
    const record = await sallyport.create(accessRecordKind, useRecord(home, 'uid-1'))
    const says = (resource: string): string =>
      `${sallyportOnly}: ${resource} is written only by Sallyport, logged in as its own service account`
    const status = { phase: 'Active' }

    expect(await refusal(patchStatus(root, accessRequestKind, request, status))).toContain(
      says('accessrequests/status'),
    )
    expect(await refusal(root.create(accessPassKind, accessPass(namespace, 'p-more')))).toContain(says('accesspasses'))
    expect(await refusal(patch(root, accessPassKind, pass, { spec: { pod: 'x' } }))).toContain(says('accesspasses'))
    expect(await refusal(patch(root, accessPassKind, pass, { metadata: { labels: { a: 'b' } } }))).toContain(
      says('accesspasses'),
    )
    expect(await refusal(root.remove(accessPassKind, pass.metadata))).toContain(says('accesspasses'))
    expect(await refusal(root.create(accessRecordKind, accessRecord(home, 'r')))).toContain(says('accessrecords'))
    expect(await refusal(root.remove(accessRecordKind, record.metadata))).toContain(says('accessrecords'))
    // Deleting all records at once must be refused, too.
    const all = pathOf(accessRecordKind, { namespace: home })
    expect(await refusal(root.call(all, { method: 'DELETE' }))).toContain(says('accessrecords'))
    expect(await get(root, accessRecordKind, record)).toMatchObject({ metadata: { uid: record.metadata.uid } })
  })

  test('are refused to who impersonates Sallyport, or the controllers that end a namespace', async () => {
    await alice.create(accessRequestKind, accessRequest(namespace, 'impersonated'))
    const record = await sallyport.create(accessRecordKind, useRecord(home, 'uid-2'))
    const status = JSON.stringify({ status: { phase: 'Active' } })
    const to = ['areq', 'impersonated', '-n', namespace]
    const ended = await kubectl('admin', [
      'patch',
      ...to,
      '--subresource=status',
      '--type=merge',
      '-p',
      status,
      impersonated,
    ])
    expect(ended.stderr).toContain(sallyportOnly)
    const pass = JSON.stringify(accessPass(namespace, 'p-impersonated'))
    expect((await kubectl('admin', ['create', '-f', '-', impersonated], pass)).stderr).toContain(sallyportOnly)
    for (const name of ['namespace-controller', 'generic-garbage-collector']) {
      const as = `--as=system:serviceaccount:kube-system:${name}`
      // The names are well known. RBAC lets the first of them delete anything.
      const args = ['delete', 'arec', record.metadata.name, '-n', home, as, '--as-group=system:masters']
      expect((await kubectl('admin', args)).stderr).toContain(sallyportOnly)
    }
  })

  // RBAC lets it delete anything, and an administrator can create a token for it.
  test.each(['namespace-controller', 'generic-garbage-collector'])(
    'are refused to the true login of the %s, while their namespace lives',
    async (name) => {
      const metadata = { name, namespace: 'kube-system' }
      await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
      const controller = clientOf(await serviceAccountLogin(metadata.namespace, name))
      try {
        const record = await sallyport.create(accessRecordKind, useRecord(home, `of-${name}`))
        const pass = await sallyport.create(accessPassKind, accessPass(namespace, `p-of-${name}`))
        for (const [kind, one] of [
          [accessRecordKind, record],
          [accessPassKind, pass],
        ] as const) {
          expect(await refusal(controller.remove(kind, one.metadata))).toContain(sallyportOnly)
        }
      } finally {
        await controller.close()
      }
    },
  )

  test('can be let go by anyone once they are being deleted', async () => {
    const pass = accessPass(namespace, 'p-ending')
    const finalizers = ['access.sallyport.dev/cleanup']
    await sallyport.create(accessPassKind, { ...pass, metadata: { ...pass.metadata, finalizers } })
    await sallyport.remove(accessPassKind, pass.metadata)
    await patch(root, accessPassKind, pass, { metadata: { finalizers: null } })
    expect(await refusal(get(root, accessPassKind, pass))).toContain('404')
  })

  test('a deletionTimestamp written by hand does not help', async () => {
    const pass = await sallyport.create(accessPassKind, accessPass(namespace, 'p-dying'))
    const dying = { ...pass, metadata: { ...pass.metadata, deletionTimestamp: '2026-11-22T08:00:00Z' } }
    const put = { method: 'PUT', body: { ...dying, spec: { ...pass.spec, pod: 'x' } } } as const
    expect(await refusal(root.call(pathOf(accessPassKind, pass.metadata), put))).toContain('422')
  })
})

describe('a write that changes nothing', () => {
  test('passes for everyone who may write, and so does a storage version migration', async () => {
    const pass = await sallyport.create(accessPassKind, accessPass(namespace, 'p-same'))
    const record = await sallyport.create(accessRecordKind, useRecord(home, 'uid-same'))

    for (const [kind, object] of [[accessPassKind, pass] as const, [accessRecordKind, record] as const]) {
      await root.replace(kind, object)
      const labelled = { ...object, metadata: { ...object.metadata, labels: { a: 'b' } } }
      expect(await refusal(root.replace(kind, labelled))).toContain(sallyportOnly)
    }
  })

  // Before Kubernetes 1.37, this kind is not in this API version.
  const testMigration = /^v1\.3[0-6]\./.test(testCluster().version) ? test.skip : test

  testMigration(
    'of a StorageVersionMigration passes',
    async () => {
      const migrations = [accessPassKind, accessRecordKind].map(({ plural }) => ({
        apiVersion: 'storagemigration.k8s.io/v1',
        kind: 'StorageVersionMigration',
        metadata: { name: `migrate-${plural}` },
        spec: { resource: { group: apiGroup, resource: plural } },
      }))
      const names = migrations.map(({ metadata }) => `storageversionmigration/${metadata.name}`)
      await apply(...migrations)
      try {
        // The migrator begins once its view of the kind is as new as the migration.
        await sallyport.create(accessPassKind, accessPass(namespace, 'p-newer'))
        await sallyport.create(accessRecordKind, useRecord(home, 'uid-newer'))
        await admin(['wait', '--for=condition=Succeeded', ...names, '--timeout=90s'])
      } finally {
        await admin(['delete', ...names])
      }
    },
    120_000,
  )
})

describe('a status', () => {
  const definition = `crd/accessrequests.access.sallyport.dev`
  const subresources = (operation: 'add' | 'remove'): Promise<string> => {
    const path = '/spec/versions/0/subresources'
    const patches = [operation === 'add' ? { op: operation, path, value: { status: {} } } : { op: operation, path }]
    return admin(['patch', definition, '--type=json', '-p', JSON.stringify(patches)])
  }

  test('is written only by Sallyport, even if somebody took its subresource out of the CRD', async () => {
    const request = await alice.create(accessRequestKind, accessRequest(namespace, 'no-subresource'))
    const status = { phase: 'Active' }
    await subresources('remove')
    try {
      const says = `${sallyportOnly}: status is written only by Sallyport, and the kind AccessRequest has no subresource`
      await until('the CRD counts', async () =>
        (await refusal(patch(root, accessRequestKind, request, { status })).catch(() => '')).includes(says),
      )
      const born = { ...accessRequest(namespace, 'born-active'), status }
      expect(await refusal(alice.create(accessRequestKind, born))).toContain(says)
      await patch(root, accessRequestKind, request, { metadata: { labels: { other: 'field' } } })
    } finally {
      await subresources('add')
    }
    await until('the subresource is there again', () =>
      patchStatus(sallyport, accessRequestKind, request, { phase: 'Pending' }).then(
        () => true,
        () => false,
      ),
    )
    // As always, the status is dropped, and no one is refused.
    await patch(root, accessRequestKind, request, { status })
    expect(await get(root, accessRequestKind, request)).toMatchObject({ status: { phase: 'Pending' } })
  })
})

describe('who asks, grants and revokes', () => {
  const says = (field: string, name: string, login: string): string =>
    `${forged}: spec.${field} says ${name}, with its uid, groups and extra, and the login is ${login}: leave it out`

  test.each([
    ['another name', { username: 'bob' }, 'bob'],
    ['a group that is not hers', { username: 'alice', groups: ['dev', 'sre'] }, 'alice'],
    ['a uid that is not hers', { username: 'alice', uid: '1' }, 'alice'],
    ['extra that is not hers', { username: 'alice', extra: { 'example.com/team': ['sre'] } }, 'alice'],
    ['another login of hers', { username: 'alice', extra: { [credentialId]: ['X509SHA256=0'] } }, 'alice'],
  ])('alice cannot ask with %s', async (_, requestor, name) => {
    const request = accessRequest(namespace, 'forged', { requestor })
    expect(await refusal(alice.create(accessRequestKind, request))).toContain(says('requestor', name, 'alice'))
  })

  test('alice asks with no groups, with all of them, and with her true login', async () => {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} }
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const { status } = (await alice.call(path, { method: 'POST', body: review })) as { status: { userInfo: object } }
    const bare = accessRequest(namespace, 'no-groups', { requestor: { username: 'alice' } })
    await alice.create(accessRequestKind, bare)
    const whole = accessRequest(namespace, 'whole-login', { requestor: status.userInfo })
    expect((await alice.create(accessRequestKind, whole)).spec.requestor).toHaveProperty(['extra', credentialId])
  })

  test('nobody grants in the name of another, not even a cluster-admin', async () => {
    const grant = accessGrant(namespace, 'forged')
    expect(await refusal(root.create(accessGrantKind, grant))).toContain(`${forged}: spec.grantedBy says bob`)
    await bob.create(accessGrantKind, grant)
  })

  test('who revokes says who he is, and may be another than who asked', async () => {
    const request = await alice.create(accessRequestKind, accessRequest(namespace, 'to-revoke'))
    const revoke = (client: Client, username: string): Promise<unknown> =>
      patch(client, accessRequestKind, request, { spec: { revoked: { by: { username } } } })
    expect(await refusal(revoke(bob, 'alice'))).toContain(says('revoked.by', 'alice', 'bob'))
    await revoke(bob, 'bob')
    // A revoked request can still be labelled by anyone.
    await patch(alice, accessRequestKind, request, { metadata: { labels: { seen: 'yes' } } })
  })

  test('a request born revoked says by whom, too', async () => {
    const request = accessRequest(namespace, 'born-revoked', { revoked: { by: { username: 'bob' } } })
    expect(await refusal(alice.create(accessRequestKind, request))).toContain(says('revoked.by', 'bob', 'alice'))
  })
})

describe('who writes a template', () => {
  const said = `${forged}: spec.author.mayEscalate is set, and alice may not escalate accesstemplates: leave it out`

  test('is not believed to have more rights than RBAC gives', async () => {
    await apply(binding(namespace, 'sallyport-template-author', 'alice'))
    const byAlice = accessTemplate(namespace, 'escalated', { username: 'alice', mayEscalate: true })
    await until('the role counts', async () =>
      (await refusal(alice.create(accessTemplateKind, byAlice))).includes(said),
    )

    const { metadata } = await alice.create(
      accessTemplateKind,
      accessTemplate(namespace, 'plain', { username: 'alice' }),
    )
    const later = patch(alice, accessTemplateKind, { metadata }, { spec: { author: { mayEscalate: true } } })
    expect(await refusal(later)).toContain(said)
    const byRoot = { username: administrator().username, mayEscalate: true }
    await root.create(accessTemplateKind, accessTemplate(namespace, 'by-root', byRoot))
  })
})

describe('finalizers and owners', () => {
  const finalizers = ['example.com/hold']
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'mine', uid: 'f0f0' }
  const theFinalizer = `${foreign}: the finalizer example.com/hold may be added only by Sallyport: leave it out`
  const theOwner = `${foreign}: the owner ConfigMap/mine may be added only by Sallyport`

  test('are refused from others, at creation and after it', async () => {
    const request = accessRequest(namespace, 'foreign')
    const owned = { ...request, metadata: { ...request.metadata, ownerReferences: [owner] } }
    const held = { ...request, metadata: { ...request.metadata, finalizers } }
    expect(await refusal(alice.create(accessRequestKind, held))).toContain(theFinalizer)
    expect(await refusal(alice.create(accessRequestKind, owned))).toContain(theOwner)
    await alice.create(accessRequestKind, request)
    expect(await refusal(patch(root, accessRequestKind, request, { metadata: { finalizers } }))).toContain(theFinalizer)
    const ownerReferences = [owner]
    expect(await refusal(patch(root, accessRequestKind, request, { metadata: { ownerReferences } }))).toContain(
      theOwner,
    )
    const grant = accessGrant(namespace, 'foreign')
    const heldGrant = { ...grant, metadata: { ...grant.metadata, finalizers } }
    expect(await refusal(bob.create(accessGrantKind, heldGrant))).toContain(theFinalizer)
  })

  // With this option, the objects of an access would stay when the request is deleted while Sallyport is down.
  test.each(cascades)('so is that of a delete with --cascade=%s, written by hand', async (cascade) => {
    const request = accessRequest(namespace, `by-hand-${cascade}`)
    const finalizer = cascade === 'orphan' ? cascade : 'foregroundDeletion'
    const held = { ...request, metadata: { ...request.metadata, finalizers: [finalizer] } }
    expect(await refusal(alice.create(accessRequestKind, held))).toContain(`${foreign}: the finalizer ${finalizer}`)
  })

  test('are added by Sallyport, and anyone takes them away', async () => {
    const request = await alice.create(accessRequestKind, accessRequest(namespace, 'held'))
    const own = ['access.sallyport.dev/cleanup']
    await patch(sallyport, accessRequestKind, request, { metadata: { finalizers: own } })
    await patch(alice, accessRequestKind, request, { metadata: { labels: { still: 'held' } } })
    expect(await get(alice, accessRequestKind, request)).toMatchObject({ metadata: { finalizers: own } })
    await patch(alice, accessRequestKind, request, { metadata: { finalizers: [] } })
  })
})

test('a namespace with all of ours in it is deleted, once what Sallyport held is let go', async () => {
  const doomed = 'guarded-doomed'
  await admin(['create', 'namespace', doomed])
  await admin(['create', 'rolebinding', 'asks', '-n', doomed, '--clusterrole=sallyport-requestor', '--user=alice'])
  const held = accessRequest(doomed, 'held')
  // A binding takes effect some time after it is stored.
  await until('alice may ask there', () => alice.create(accessRequestKind, held).catch(() => undefined))
  await sallyport.create(accessPassKind, accessPass(doomed, 'p-held'))
  const metadata = { finalizers: ['access.sallyport.dev/cleanup'] }
  await patch(sallyport, accessRequestKind, held, { metadata })
  await admin(['delete', 'namespace', doomed, '--wait=false'])
  await admin(['wait', `namespace/${doomed}`, '--for=jsonpath={.status.phase}=Terminating', '--timeout=30s'])
  await admin(['wait', 'areq/held', '-n', doomed, '--for=jsonpath={.metadata.deletionTimestamp}', '--timeout=30s'])
  await patch(root, accessRequestKind, held, { metadata: { finalizers: null } })
  await admin(['wait', `namespace/${doomed}`, '--for=delete', '--timeout=30s'])
})

// These are last: the garbage collector looks for new kinds every 30 s, and does not know ours before.
test.each(cascades)('a delete with --cascade=%s ends', async (cascade) => {
  const name = `cascade-${cascade}`
  await admin(['wait', `areq/${name}`, '-n', namespace, '--for=delete', '--timeout=55s'])
  const { code } = await kubectl('admin', ['get', 'configmap', name, '-n', namespace])
  expect(code).toBe(cascade === 'orphan' ? 0 : 1)
})
