import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { administrator } from '../fixtures/administrator.ts'
import { readFileSync } from 'node:fs'
import { auditTypes, type AuditEvent, type AuditType } from '../../src/api/audit-event.ts'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { providedName } from '../../src/api/provided-object.ts'
import { installation } from '../../src/api/installation.ts'
import {
  access,
  accessNamespace,
  applied,
  ask,
  deniedExec,
  ended,
  exec,
  grantFile,
  refusedApply,
  requestFile,
  storedRequest,
} from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, apply, kubectlOk, kubectlRefused } from '../fixtures/kubectl.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { breachesOf } from '../fixtures/published-schema.ts'
import { endWithRecords } from '../fixtures/take-back-records.ts'
import { templateFile } from '../fixtures/templates.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'audit-events'
const on = ['-n', namespace]
const testOnNode = testWithNode()
const folder = temporaryFolder()
const anyCommand = { exec: { pod: 'web-0', container: 'app' } }
// Observe needs a config of its own. An unreadable event can only be written by somebody whom no policy stops. The plugin
// sends `sink.tested` (audit.test.ts). Undos are told in task-undo.test.ts.
const notHere: readonly AuditType[] = ['gate.observed', 'task.undone', 'task.left', 'event.unreadable', 'sink.tested']

let client: Client
let archive: AuditSink
let gate: DevGate

beforeAll(async () => {
  client = clientOf('admin')
  await accessNamespace(namespace)
  for (const user of ['alice', 'bob', 'carol', 'mallory']) await mayExec(namespace, user)
  await paperPod(client, namespace, 'paper')
  if (testOnNode === test) await runningPod(namespace, 'web-0')
  archive = await startAuditSink(folder, 'archive')
  gate = await startDevGate({
    selfCheck: { interval: '1s' },
    breakGlass: { subjects: [{ kind: 'User', name: 'carol' }] },
    exemptions: [
      {
        why: 'a backup',
        subjects: [{ kind: 'User', name: 'mallory' }],
        namespaces: [namespace],
        subresources: ['pods/exec'],
      },
    ],
    audit: {
      redact: [{ pattern: '^--password$', redacts: 'NextWord' }],
      sinks: [{ name: 'archive', ...archive.config }],
    },
  })
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => endWithRecords(gate),
  () => archive[Symbol.asyncDispose](),
  () => client.close(),
)

function typeOf({ type }: AuditEvent): string {
  return type.replace('dev.sallyport.', '').replace('.v1', '')
}

/** Returns the first event of a type that matches, once the sink has it. */
function told(type: AuditType, about: (event: AuditEvent) => boolean = () => true): Promise<AuditEvent> {
  return until(`${type} reaches the sink`, () => archive.events().find((one) => typeOf(one) === type && about(one)))
}

const ofRequest =
  (name: string) =>
  ({ data }: AuditEvent): boolean =>
    data.request?.name === name

interface KubernetesEvent {
  readonly reason: string
  readonly type: string
  readonly note: string
  readonly eventTime: string
  readonly reportingController: string
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid?: string }
  readonly related?: { readonly kind: string; readonly name: string }
  readonly series?: { readonly count: number }
}

async function kubernetesEvents(): Promise<readonly KubernetesEvent[]> {
  const { items } = await client.list(resources.Event, { namespace })
  return items as readonly (KubernetesEvent & (typeof items)[number])[]
}

/** Returns the Kubernetes Events of an audit event, once there are so many. */
function eventsOf(id: string, count = 1): Promise<readonly KubernetesEvent[]> {
  return until(`Kubernetes Events of ${id}`, async () => {
    const events = (await kubernetesEvents()).filter(
      ({ metadata }) => metadata.annotations?.['access.sallyport.dev/event-id'] === id,
    )
    return events.length >= count ? events : undefined
  })
}

async function metric(line: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${gate.healthPort}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.split(' ')
      .at(-1),
  )
}

/** Lets alice ask for the pod that never runs, and bob grant. */
async function granted(name: string, spec: object = {}): Promise<void> {
  const { digest } = await ask(namespace, name, { exec: { pod: 'paper', container: 'app' }, ...spec })
  await applied('bob', grantFile(namespace, name, { digest }))
}

testOnNode(
  'the id of a decision is in the log, on the record, on the Events, and where the API server keeps its audit',
  async () => {
    await access(namespace, 'told', anyCommand)
    // Otherwise the record would be gone before the test looks at it.
    archive.manner = 'cut'
    expect(await exec('alice', namespace, { command: ['echo', 'same', '--password', 'hunter2'] })).toMatchObject({
      code: 0,
    })
    const decision = await until('it is logged', () => gate.decisions.find(({ code }) => code === 'ACCESS'))
    const records = await client.list(accessRecordKind, { namespace: installation.namespace })
    archive.manner = 'take'

    expect(records.items).toContainEqual(
      expect.objectContaining({
        spec: expect.objectContaining({ id: decision.id, type: 'dev.sallyport.gate.allowed.v1' }),
      }),
    )
    expect((await told('gate.allowed')).id).toBe(decision.id)
    const events = await eventsOf(decision.id, 2)
    expect(events.map(({ regarding, related }) => [regarding.name, related?.name]).toSorted()).toEqual([
      ['told', 'web-0'],
      ['web-0', 'told'],
    ])
    expect(events[0]).toMatchObject({
      reason: 'GateAllowed',
      type: 'Normal',
      reportingController: 'access.sallyport.dev/gate',
      eventTime: expect.stringMatching(/\.\d{6}Z$/),
      note: 'request told, granted by bob; alice, CONNECT pods/exec app: echo same --password [redacted]',
    })
    const { auditLog } = testCluster()
    // A given cluster does not show its log.
    if (auditLog !== undefined) {
      const annotation = `"gate.access.sallyport.dev/decision-id":"${decision.id}"`
      await until('the API server has it', () => readFileSync(auditLog, 'utf8').includes(annotation))
    }
  },
)

describe('kubectl describe', () => {
  testOnNode('of a request shows its life', async () => {
    await told('request.active', ofRequest('told'))
    const { id } = await told('objects.provisioned', ofRequest('told'))
    await eventsOf(id)

    const text = await kubectlOk('admin', ['describe', 'areq', 'told', ...on])
    for (const reason of [
      'RequestPending',
      'GrantMade',
      'RequestApproved',
      'RequestActive',
      'ObjectsProvisioned',
      'GateAllowed',
    ]) {
      expect(text).toContain(reason)
    }
  })

  testOnNode('of a pod shows who was let in and who was not, and the same again as one series', async () => {
    await deniedExec('bob', namespace, { command: ['id'] })
    const first = await told('gate.denied', ({ data }) => data.actor?.username === 'bob')
    expect(first.data.target).toMatchObject({ pod: 'web-0', podUID: expect.any(String), container: 'app' })
    await eventsOf(first.id)
    await deniedExec('bob', namespace, { command: ['id'] })
    const series = await until('the second counts', async () =>
      (await eventsOf(first.id)).find((one) => (one.series?.count ?? 0) > (first.data.decision?.attempts ?? 1)),
    )

    expect(series.type).toBe('Warning')
    const text = await kubectlOk('admin', ['describe', 'pod', 'web-0', ...on])
    expect(text).toContain('GateAllowed')
    expect(text).toMatch(/GateDenied.*\(E_NO_PASS\); bob, CONNECT pods\/exec app: id/)
  })
})

testOnNode('what somebody changes of a live access is repaired, and told as tampering', async () => {
  const { metadata } = await storedRequest(namespace, 'told')
  const binding = providedName(metadata.uid)
  const mallory = { kind: 'User', name: 'mallory', apiGroup: 'rbac.authorization.k8s.io' }

  await admin(['patch', 'rolebinding', binding, ...on, '--type=merge', '-p', JSON.stringify({ subjects: [mallory] })])

  const repaired = await told('objects.repaired')
  expect(repaired.data).toMatchObject({
    request: { uid: metadata.uid },
    objects: [{ kind: 'RoleBinding', name: binding }],
  })
  const found = await told('tamper.found', ofRequest('told'))
  expect(found.data.finding).toEqual({ code: 'E_OBJECT_CHANGED', outcome: 'restored' })
  const [event] = await eventsOf(found.id)
  expect(event).toMatchObject({ regarding: { kind: 'AccessRequest', name: 'told' }, related: { kind: 'RoleBinding' } })
  expect(gate.lines).toContainEqual(expect.objectContaining({ msg: 'audit event', id: found.id }))
})

describe('tampering is told with who did it', () => {
  test('that a policy refuses', async () => {
    await applied('alice', requestFile(namespace, 'forged'))
    await until('it is pending', async () => (await storedRequest(namespace, 'forged')).status?.phase)
    const status = JSON.stringify({ status: { phase: 'Active' } })
    const record = {
      apiVersion: accessRecordKind.apiVersion,
      kind: 'AccessRecord',
      metadata: { name: 'event-x-1', namespace: installation.namespace },
    }

    const texts = [
      await kubectlRefused('admin', [
        'patch',
        'areq',
        'forged',
        ...on,
        '--subresource=status',
        '--type=merge',
        '-p',
        status,
      ]),
      await kubectlRefused(
        'admin',
        ['create', '-f', '-'],
        JSON.stringify({
          ...record,
          spec: { id: 'x', type: 'dev.sallyport.x.y.v1', time: '2026-11-22T08:00:00.000000Z' },
        }),
      ),
    ]

    const finalizers = JSON.stringify({ metadata: { finalizers: ['example.com/hold'] } })
    const held = ['patch', 'areq', 'forged', ...on, '--type=merge', '-p', finalizers]
    expect(await kubectlRefused('alice', held)).toContain('E_FOREIGN_METADATA')

    for (const text of texts) expect(text).toContain('E_SALLYPORT_ONLY')
    const holding = await told('tamper.attempted', ({ data }) => data.tried?.resource === 'accessrequests')
    expect(holding.data).toMatchObject({ actor: { username: 'alice' }, tried: { name: 'forged' } })
    expect(holding.data.decision?.message).toContain('E_FOREIGN_METADATA')
    const forged = await told('tamper.attempted', ({ data }) => data.tried?.resource === 'accessrequests/status')
    expect(forged.data).toMatchObject({
      actor: { groups: expect.arrayContaining([...administrator().groups]) },
      tried: { resource: 'accessrequests/status' },
    })
    await told('tamper.attempted', ({ data }) => data.tried?.name === 'event-x-1')
    expect(await eventsOf(forged.id)).toMatchObject([{ reason: 'TamperAttempted', regarding: { name: 'forged' } }])
  })

  test('a webhook configuration that is changed is restored, and told', async () => {
    const change = [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }]
    await admin(['patch', 'validatingwebhookconfiguration', 'sallyport', '--type=json', '-p', JSON.stringify(change)])

    const { data } = await told('tamper.found', (one) => one.data.finding?.code === 'E_INSTALLATION_CHANGED')
    expect(data).toMatchObject({
      objects: [{ kind: 'ValidatingWebhookConfiguration', name: 'sallyport' }],
      finding: { outcome: 'restored', differences: [expect.stringContaining('failurePolicy')] },
    })
    expect(await metric('sallyport_tampering_total{code="E_INSTALLATION_CHANGED"}')).toBe(1)
  })
})

describe('whatever becomes of a request', () => {
  test('its ends', async () => {
    await granted('expired', { duration: '1s' })
    await granted('revoked')
    await granted('scheduled', { startAt: new Date(Date.now() + 3_600_000).toISOString() })
    const { digest } = await ask(namespace, 'denied', { exec: { pod: 'paper', container: 'app' } })
    await refusedApply('bob', grantFile(namespace, 'no', { requestRef: { name: 'denied' }, digest: 'f'.repeat(12) }))
    await applied('bob', grantFile(namespace, 'denied', { verdict: 'Denied', digest }))
    await paperPod(client, namespace, 'gone')
    await granted('failed', { exec: { pod: 'gone', container: 'app' } })
    await kubectlOk('alice', ['wait', '--for=condition=Ready', 'areq/failed', 'areq/revoked', ...on, '--timeout=20s'])
    await admin(['delete', 'pod', 'gone', ...on, '--force', '--grace-period=0'])
    await kubectlOk('bob', ['delete', 'agrant', 'revoked', ...on])
    for (const phase of ['expired', 'revoked', 'denied', 'failed']) {
      await ended(namespace, phase, `${phase.charAt(0).toUpperCase()}${phase.slice(1)}`)
    }
    await kubectlOk('alice', ['delete', 'areq', 'scheduled', ...on])

    for (const type of ['expired', 'revoked', 'denied', 'failed', 'scheduled'] as const) {
      await told(`request.${type}`, ofRequest(type))
    }
    expect((await told('grant.withdrawn')).data).toMatchObject({
      actor: { username: 'bob' },
      request: { name: 'revoked' },
      grants: [{ name: 'revoked', grantedBy: 'bob' }],
    })
    expect((await told('request.deleted')).data).toMatchObject({
      actor: { username: 'alice' },
      request: { name: 'scheduled' },
    })
    expect((await told('objects.removed', ofRequest('revoked'))).data.objects).toHaveLength(2)
  })

  testOnNode('a use', async () => {
    await kubectlOk('alice', ['delete', 'areq', 'told', ...on])
    await access(namespace, 'completed', {
      once: true,
      exec: { pod: 'web-0', container: 'app', command: ['echo', 'once'] },
    })
    expect(await exec('alice', namespace, { command: ['echo', 'once'] })).toMatchObject({ code: 0 })
    await told('request.completed')
    expect(await exec('mallory', namespace, { command: ['echo', 'exempt'] })).toMatchObject({ code: 0 })
    expect((await told('gate.exempted')).data.actor?.username).toBe('mallory')
    expect(await exec('carol', namespace, { command: ['echo', 'glass'] })).toMatchObject({ code: 0 })
    expect((await told('gate.bypassed')).data.actor?.username).toBe('carol')
  })

  test('of a template', async () => {
    const template = templateFile(namespace, 'web')
    await apply(template)
    await refusedApply('admin', templateFile(namespace, 'bad', { reason: { required: true, pattern: '(' } }))
    await admin(['delete', 'atmpl', 'web', ...on])
    await refusedApply(
      'alice',
      requestFile(namespace, 'refused', { templateRef: { kind: 'AccessTemplate', name: 'none' } }),
    )

    await told('template.removed', ({ subject }) => subject === `${namespace}/web`)
    for (const type of ['template.changed', 'template.refused', 'request.refused'] as const) await told(type)
  })
})

test('every event that came keeps docs/audit-event.schema.json', () => {
  expect(archive.events().flatMap(breachesOf)).toEqual([])
})

testOnNode('every type of event has come', () => {
  const types = new Set(archive.events().map(typeOf))

  expect((Object.keys(auditTypes) as AuditType[]).filter((type) => !types.has(type))).toEqual(notHere)
})

test('no secret of an argv is on any Event, nor a note that breaks a terminal', async () => {
  const texts = JSON.stringify(await kubernetesEvents())

  expect(texts).not.toContain('hunter2')
  expect(texts).not.toMatch(/\\u00[01]/)
})

describe('metrics', () => {
  test('the queue grows while the sink is away, and is empty once it is back', async () => {
    const depth = (): Promise<number> => metric('sallyport_audit_queue_events{sink="archive"}')
    const age = (): Promise<number> => metric('sallyport_audit_oldest_undelivered_seconds{sink="archive"}')
    await until('all is delivered', async () => (await depth()) === 0)
    archive.manner = 'cut'
    await applied('alice', requestFile(namespace, 'queued', { exec: { pod: 'paper', container: 'app' } }))
    await until('it waits', async () => (await depth()) > 0)
    await until('it ages', async () => (await age()) > 0.5)
    expect(await metric('sallyport_audit_records')).toBeGreaterThan(0)
    archive.manner = 'take'

    await until('it is delivered', async () => (await depth()) === 0)
    await until('nothing ages any more', async () => (await age()) === 0)
    expect(await metric('sallyport_audit_deliveries_total{sink="archive",outcome="failed"}')).toBeGreaterThan(0)
  })

  test('who leads, what was decided, and what was written', async () => {
    expect(await metric('sallyport_leader')).toBe(1)
    expect(await metric('sallyport_requests{phase="Pending"}')).toBeGreaterThan(0)
    expect(await metric('sallyport_kubernetes_events_total{outcome="written"}')).toBeGreaterThan(10)
    const created = 'webhook="requests.access.sallyport.dev",verdict="allow",code="STAMPED",way=""'
    expect(await metric(`sallyport_decisions_total{${created}}`)).toBeGreaterThan(5)
  })
})
