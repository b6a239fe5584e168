import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { readFileSync } from 'node:fs'
import { typeName, type AuditData, type AuditEvent, type AuditType } from '../../src/api/audit-event.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import {
  accessNamespace,
  applied,
  ask,
  ended,
  grantFile,
  refusedApply,
  requestFile,
  revoke,
  storedRequest,
  readyRequest,
} from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, kubectlOk } from '../fixtures/kubectl.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { breachesOf, undocumentedIn } from '../fixtures/published-schema.ts'
import { endWithRecords } from '../fixtures/take-back-records.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'audit-story'
const folder = temporaryFolder()
const command = ['mysql', '--password', 'hunter2', 'shop']
const spec = {
  reason: 'the queue is stuck',
  duration: '30m',
  once: true,
  attributes: { ticket: 'OPS-42', token: 'hunter2' },
  exec: { pod: 'paper', container: 'app', command, tty: true },
}
/** The same, as an event tells it. */
const asked = {
  access: 'exec',
  reason: 'the queue is stuck',
  duration: '30m',
  once: true,
  attributes: { ticket: 'OPS-42', token: '[redacted]' },
  ...{ pod: 'paper', container: 'app', command: ['mysql', '--password', '[redacted]', 'shop'], tty: true },
}

let client: Client
let archive: AuditSink
let gate: DevGate

beforeAll(async () => {
  client = clientOf('admin')
  await accessNamespace(namespace)
  await paperPod(client, namespace, 'paper')
  archive = await startAuditSink(folder, 'archive')
  gate = await startDevGate({
    audit: {
      redact: [
        { pattern: '^--password$', redacts: 'NextWord' },
        { pattern: '(?i)token=', redacts: 'Word' },
      ],
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

/** The data of the event of a type that is about a request, once the sink has it. */
async function told(type: AuditType, name: string): Promise<AuditData> {
  const isAbout = (event: AuditEvent): boolean =>
    event.type === typeName(type) && (event.data.request?.name === name || event.subject === `${namespace}/${name}`)
  return (await until(`${type} of ${name} reaches the sink`, () => archive.events().find(isAbout))).data
}

const by = (data: AuditData): readonly (string | undefined)[] => [data.actor?.username, data.requestor?.username]

test('an access that is approved, and revoked', async () => {
  const { digest } = await ask(namespace, 'look', spec)
  const said = { digest, duration: '15m', message: 'only the queue' }
  await applied('bob', grantFile(namespace, 'look', said))
  await readyRequest(namespace, 'look')
  await revoke('bob', namespace, 'look')
  await ended(namespace, 'look', 'Revoked')

  const verdict = { verdict: 'Approved', ...said }
  const story: readonly (readonly [AuditType, string | undefined, object])[] = [
    ['request.created', 'alice', { asked }],
    ['request.pending', undefined, { asked, approvers: `an approver of namespace ${namespace}` }],
    ['grant.made', 'bob', { verdict }],
    ['request.approved', 'bob', { asked, grants: [{ grantedBy: 'bob' }] }],
    ['request.active', undefined, { asked, expiresAt: expect.any(String) }],
    ['request.revoked', 'bob', { asked, message: 'bob revoked it: done' }],
  ]
  for (const [type, actor, data] of story) {
    const event = await told(type, 'look')
    expect([type, ...by(event)]).toEqual([type, actor, 'alice'])
    expect(event).toMatchObject(data)
  }
})

test('a request that is refused, one that is denied, and one that is deleted', async () => {
  const noTemplate = { templateRef: { kind: 'AccessTemplate', name: 'none' } }
  await refusedApply('alice', requestFile(namespace, 'refused', { ...spec, ...noTemplate }))
  const { digest } = await ask(namespace, 'denied', spec)
  await refusedApply(
    'bob',
    grantFile(namespace, 'unseen', { requestRef: { name: 'denied' }, digest: 'f'.repeat(12), message: 'yes' }),
  )
  await applied('bob', grantFile(namespace, 'denied', { verdict: 'Denied', digest, message: 'try TOKEN=hunter2' }))
  await ended(namespace, 'denied', 'Denied')
  await ask(namespace, 'deleted', spec)
  await kubectlOk('alice', ['delete', 'areq', 'deleted', '-n', namespace])

  const refused = await told('request.refused', 'refused')
  expect(by(refused)).toEqual(['alice', 'alice'])
  expect(refused.asked).toEqual({ ...asked, template: noTemplate.templateRef })
  const unseen = await told('grant.refused', 'unseen')
  expect(by(unseen)).toEqual(['bob', 'alice'])
  expect(unseen.verdict).toEqual({ verdict: 'Approved', message: 'yes', digest: 'f'.repeat(12) })
  expect((await told('grant.made', 'denied')).verdict).toEqual({ verdict: 'Denied', message: '[redacted]', digest })
  const denied = await told('request.denied', 'denied')
  expect(by(denied)).toEqual(['bob', 'alice'])
  expect(denied).toMatchObject({ asked, message: '[redacted]' })
  const deleted = await told('request.deleted', 'deleted')
  expect(by(deleted)).toEqual(['alice', 'alice'])
  expect(deleted.asked).toEqual(asked)
})

test('nobody does what time does, and a withdrawn verdict is told', async () => {
  const { digest } = await ask(namespace, 'short', { ...spec, once: false, duration: '1s' })
  await applied('bob', grantFile(namespace, 'short', { digest }))
  await ended(namespace, 'short', 'Expired')
  const other = await ask(namespace, 'withdrawn', spec)
  await applied('bob', grantFile(namespace, 'withdrawn', { digest: other.digest }))
  await readyRequest(namespace, 'withdrawn')
  await kubectlOk('bob', ['delete', 'agrant', 'withdrawn', '-n', namespace])
  await ended(namespace, 'withdrawn', 'Revoked')

  expect(by(await told('request.expired', 'short'))).toEqual([undefined, 'alice'])
  const withdrawn = await told('grant.withdrawn', 'withdrawn')
  expect(withdrawn).toMatchObject({ actor: { username: 'bob' }, verdict: { verdict: 'Approved' } })
  // The request does not say who deleted a grant of it: that event does.
  expect(by(await told('request.revoked', 'withdrawn'))).toEqual([undefined, 'alice'])
})

describe('all of it', () => {
  test('keeps docs/audit-event.schema.json, which names each field', () => {
    const events = archive.events()

    expect(events.length).toBeGreaterThan(20)
    expect(events.flatMap(breachesOf)).toEqual([])
    expect(events.flatMap(undocumentedIn)).toEqual([])
  })

  test('withholds the secret, also in the log', () => {
    const texts = readFileSync(archive.file, 'utf8') + JSON.stringify(gate.lines)

    expect(texts).toContain('[redacted]')
    expect(texts).not.toContain('hunter2')
  })

  test('has its line in the log', async () => {
    const { metadata } = await storedRequest(namespace, 'denied')

    expect(gate.lines).toContainEqual(
      expect.objectContaining({
        ...{ msg: 'request changed', id: `${metadata.uid}.denied`, namespace, name: 'denied' },
        ...{ uid: metadata.uid, user: 'alice', phase: 'Denied', message: '[redacted]' },
      }),
    )
  })
})
