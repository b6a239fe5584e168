import { beforeAll, expect, test } from '@jest/globals'
import { typeName, type AuditEvent, type AuditType } from '../../src/api/audit-event.ts'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { installation } from '../../src/api/installation.ts'
import { accessNamespace, requestFile, storedRequest } from '../fixtures/access.ts'
import { clientOf, refusal } from '../fixtures/api-client.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { admin, apply, kubectlOk } from '../fixtures/kubectl.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { endWithRecords } from '../fixtures/take-back-records.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

// In some reviews the API server leaves out the name of an object. The event must name the object all the same.

const namespace = 'audit-names'
const folder = temporaryFolder()

let client: Client
let archive: AuditSink
let gate: DevGate

beforeAll(async () => {
  client = clientOf('admin')
  await accessNamespace(namespace)
  archive = await startAuditSink(folder, 'archive')
  gate = await startDevGate({ audit: { sinks: [{ name: 'archive', ...archive.config }] } })
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => endWithRecords(gate),
  () => archive[Symbol.asyncDispose](),
  () => client.close(),
)

/** Returns the first event of a type that matches, once the sink has it. */
function told(type: AuditType, about: (data: AuditEvent['data']) => boolean): Promise<AuditEvent> {
  return until(`${type} reaches the sink`, () =>
    archive.events().find((event) => event.type === typeName(type) && about(event.data)),
  )
}

function create(name: string, metadata: object): Promise<string> {
  const request = requestFile(namespace, name)
  return kubectlOk('alice', ['create', '-f', '-'], JSON.stringify({ ...request, metadata }))
}

test('each request that is deleted with a collection has its name', async () => {
  const labels = { collect: 'me' }
  for (const name of ['one', 'two']) await create(name, { namespace, name, labels })
  const { metadata } = await storedRequest(namespace, 'two')
  await client.call(pathOf(accessRequestKind, { namespace }), {
    method: 'DELETE',
    query: { labelSelector: 'collect=me' },
  })

  await told('request.deleted', ({ tried }) => tried?.name === 'one')
  expect(await told('request.deleted', ({ tried }) => tried?.name === 'two')).toMatchObject({
    subject: `${namespace}/two`,
    data: { tried: { uid: metadata.uid }, request: { name: 'two', uid: metadata.uid } },
  })
})

test('a request whose name the API server makes up has the beginning of that name', async () => {
  await create('any', { namespace, generateName: 'made-up-' })

  const created = await told('request.created', ({ tried }) => tried?.generateName === 'made-up-')
  expect(created.subject).toBe(`${namespace}/made-up-`)
  expect(created.data.tried).not.toHaveProperty('name')
})

test('records that a login of the cluster deletes, all at once, are kept, and the attempt is told by name', async () => {
  const account = { name: 'namespace-controller', namespace: 'kube-system' }
  await apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: account })
  const controller = clientOf(await serviceAccountLogin(account.namespace, account.name))
  const all = pathOf(accessRecordKind, { namespace: installation.namespace })
  try {
    expect(await refusal(controller.call(all, { method: 'DELETE' }))).toContain('E_SALLYPORT_ONLY')
  } finally {
    await controller.close()
  }

  expect(await told('tamper.attempted', ({ tried }) => tried?.operation === 'DELETE')).toMatchObject({
    data: {
      actor: { username: 'system:serviceaccount:kube-system:namespace-controller' },
      tried: { resource: 'accessrecords', name: expect.stringMatching(/^(event|link)-/) },
    },
  })
})
