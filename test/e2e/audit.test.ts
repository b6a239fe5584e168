import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { AuditEvent } from '../../src/api/audit-event.ts'
import { schemaCheck } from '../../src/api/schema/schema-check.ts'
import { access, accessNamespace, deniedExec, exec } from '../fixtures/access.ts'
import { startAuditSink, type AuditSink } from '../fixtures/audit-sink.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { installedSink } from '../fixtures/installed-sink.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { breachesOf } from '../fixtures/published-schema.ts'
import { run, type Ended } from '../fixtures/run.ts'
import { testCluster } from '../fixtures/run-cluster.ts'
import { endWithRecords } from '../fixtures/take-back-records.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'audit'
const testOnNode = testWithNode()
const folder = temporaryFolder()
const checkEvent = schemaCheck(AuditEvent, 'event')
const anyCommand = { exec: { pod: 'web-0', container: 'app' } }

let archive: AuditSink
let siem: AuditSink
let gate: DevGate
let config: object

beforeAll(async () => {
  await accessNamespace(namespace)
  for (const user of ['alice', 'bob'] as const) await mayExec(namespace, user)
  if (testOnNode === test) await runningPod(namespace, 'web-0')
  archive = await startAuditSink(folder, 'archive')
  siem = await startAuditSink(folder, 'siem')
  config = {
    audit: {
      source: '/test-cluster',
      redact: [{ pattern: '^--password$', redacts: 'NextWord' }],
      sinks: [
        { name: 'archive', ...archive.config },
        { name: 'siem', ...siem.config, mode: 'Required', types: ['gate.allowed'], timeout: '1s' },
      ],
    },
  }
  gate = await startDevGate(config)
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => endWithRecords(gate),
  () => archive[Symbol.asyncDispose](),
  () => siem[Symbol.asyncDispose](),
)

const typesOf = (sink: AuditSink, about: (event: AuditEvent) => boolean): readonly string[] =>
  sink
    .events()
    .filter(about)
    .map(({ type }) => type.replace('dev.sallyport.', '').replace('.v1', ''))

function audit(...args: string[]): Promise<Ended> {
  const where = ['--kubeconfig', testCluster().kubeconfig('admin')]
  return run(process.execPath, ['src/cli/main.ts', 'audit', ...args, ...where])
}

const verify = (...args: string[]): Promise<Ended> => audit('verify', ...args)

/** Returns the event of an exec that has this word in its argv. */
function eventOf(sink: AuditSink, word: string): Promise<AuditEvent> {
  return until(`${word} reaches a sink`, () => sink.events().find(({ data }) => data.tried?.command?.includes(word)))
}

testOnNode('what happens reaches the sinks, in order, signed and chained', async () => {
  const { metadata } = await access(namespace, 'told', anyCommand)
  const told = await exec('alice', namespace, { command: ['echo', 'one'] })

  expect(told).toMatchObject({ code: 0 })
  // The sink is required, so the event is there before anybody is let in.
  expect(siem.events()).toHaveLength(1)
  const event = await eventOf(archive, 'one')
  expect(event).toMatchObject({
    source: '/test-cluster',
    data: {
      actor: { username: 'alice' },
      tried: { command: ['echo', 'one'], container: 'app' },
      request: { uid: metadata.uid },
      grants: [{ grantedBy: 'bob' }],
      target: { pod: 'web-0', container: 'app', podUID: expect.any(String), image: expect.any(String) },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  })
  const ofRequest = ({ type, subject, data }: AuditEvent): boolean =>
    data.request?.name === 'told' || (subject === `${namespace}/told` && type.includes('.request.'))
  // The events about the objects of a request come when the objects are there, so they are left out.
  const types = typesOf(archive, ofRequest).filter((type) => !type.startsWith('objects.'))
  expect(types).toEqual([
    'request.created',
    'request.pending',
    'grant.made',
    'request.approved',
    'request.active',
    'gate.allowed',
  ])
  // The event has the id of the decision in the log.
  expect(gate.decisions.find(({ id }) => id === event.id)).toMatchObject({ code: 'ACCESS' })
  for (const one of archive.events()) expect(checkEvent(one)).toMatchObject({ ok: true })
  expect(archive.events().flatMap(breachesOf)).toEqual([])
})

testOnNode('a request for one use is used up by its use, and not by what is told of it', async () => {
  await access(namespace, 'single', {
    once: true,
    exec: { pod: 'web-0', container: 'app', command: ['echo', 'single'] },
  })
  await until('it is told that it is ready', () =>
    archive.events().some(({ type, data }) => type.includes('request.active') && data.request?.name === 'single'),
  )

  expect(await exec('alice', namespace, { command: ['echo', 'single'] })).toMatchObject({ code: 0 })
})

testOnNode('a secret in argv reaches no sink and no log', async () => {
  await exec('alice', namespace, { command: ['echo', 'two', '--password', 'hunter2'] })
  await deniedExec('bob', namespace, { command: ['echo', 'three', '--password', 'hunter2'] })
  await eventOf(archive, 'two')

  const texts =
    [archive.file, siem.file].map((file) => readFileSync(file, 'utf8')).join('\n') + JSON.stringify(gate.lines)
  expect(texts).toContain('[redacted]')
  expect(texts).not.toContain('hunter2')
})

describe('without a required sink nobody is let in, and the text says whose fault it is', () => {
  const nobody = 'The audit event did not reach required sink siem (E_AUDIT_SINK). It is not your fault'

  testOnNode.each(['cut', 'hang', 'fail'] as const)('%s', async (manner) => {
    siem.manner = manner
    const text = await deniedExec('alice', namespace)
    siem.manner = 'take'

    expect(text).toContain(nobody)
    expect(await exec('alice', namespace)).toMatchObject({ code: 0 })
  })

  testOnNode('another certificate', async () => {
    siem.useOtherCertificate(true)
    const text = await deniedExec('alice', namespace)
    siem.useOtherCertificate(false)

    expect(text).toContain(nobody)
    expect(await exec('alice', namespace)).toMatchObject({ code: 0 })
  })

  testOnNode('and what may have been told of it is taken back', async () => {
    const reversed = await until('the denial is told', () =>
      archive.events().find(({ data }) => data.decision?.code === 'E_AUDIT_SINK'),
    )

    expect(reversed.id).toBe(`${reversed.data.decision?.reverses ?? ''}.reversed`)
  })
})

testOnNode('a queued sink that is away loses nothing, also when the gate is killed meanwhile', async () => {
  archive.manner = 'cut'
  for (let index = 0; index < 5; index++) {
    expect(await exec('alice', namespace, { command: ['echo', `away-${index}`] })).toMatchObject({ code: 0 })
  }
  process.kill(gate.pid, 'SIGKILL')
  await gate.stop()
  archive.manner = 'take'
  gate = await startDevGate(config)

  for (let index = 0; index < 5; index++) await eventOf(archive, `away-${index}`)
  const order = archive
    .events()
    .flatMap(({ data }) => data.tried?.command?.find((word) => word.startsWith('away-')) ?? [])
  expect(order).toEqual([0, 1, 2, 3, 4].map((index) => `away-${index}`))
})

testOnNode('audit tail shows what is in the cluster, and goes on with what comes', async () => {
  archive.manner = 'fail'
  await deniedExec('bob', namespace, { command: ['echo', 'tail-1'] })
  const first = await until('the denial is kept', async () => {
    const { code, stdout } = await audit('tail', '--of', 'bob', '-n', namespace)
    return code === 0 && stdout.includes('gate.denied') ? stdout : undefined
  })
  expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}Z {2}gate\.denied +audit\/web-0 {2}bob {2}E_NO_PASS /m)
  expect((await audit('tail', '--request', 'no-such')).stdout).toBe('')
  const [line = ''] = (await audit('tail', '-o', 'json', '--of', 'bob')).stdout.split('\n')
  expect(checkEvent(JSON.parse(line))).toMatchObject({ ok: true })

  const where = ['--kubeconfig', testCluster().kubeconfig('admin')]
  const following = spawn(process.execPath, ['src/cli/main.ts', 'audit', 'tail', '-f', '-o', 'json', ...where])
  const ended = once(following, 'close')
  let shown = ''
  following.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text))
  await until('the first is shown', () => shown.includes('tail-1'))
  await deniedExec('bob', namespace, { command: ['echo', 'tail-2'] })
  await until('the second is shown', () => shown.includes('tail-2'))
  following.kill('SIGINT')
  archive.manner = 'take'

  expect(await ended).toEqual([130, null])
})

testOnNode('audit test sends a signed event to a sink of an installation, and says what it answered', async () => {
  await apply(...installedSink(namespace, archive))
  const to = (sink: string): Promise<Ended> => audit('test', sink, '--installed-in', namespace)

  const { code, stdout } = await to('archive')
  const [, id = ''] = /^Sink archive took the test event (\S+): it answered 204 after \d+ ms\.$/m.exec(stdout) ?? []

  expect(code).toBe(0)
  expect(archive.events().find((event) => event.id === id)).toMatchObject({ type: 'dev.sallyport.sink.tested.v1' })
  expect(await to('siem')).toMatchObject({ code: 1, stderr: 'The config has no sink siem. It has: archive.\n' })
  archive.manner = 'refuse'
  expect(await to('archive')).toMatchObject({ code: 1, stderr: expect.stringContaining('it answered 400 after') })
  archive.manner = 'take'
  expect(await audit('test', 'archive', '--installed-in', 'default')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Namespace default has no ConfigMap sallyport-config.'),
  })
})

testOnNode('what the sink has kept verifies offline, and what is in the cluster there', async () => {
  const last = await until('all is linked', () => {
    const events = archive.events()
    const linked = new Set(
      events.flatMap(({ data }) => data.link?.events.map(({ boot, sequence }) => `${boot}/${sequence}`) ?? []),
    )
    const isLinked = ({ data }: AuditEvent): boolean =>
      data.position === undefined || linked.has(`${data.position.boot}/${data.position.sequence}`)
    return events.every(isLinked) ? events.length : undefined
  })

  expect(last).toBeGreaterThan(10)
  expect(await verify(archive.file)).toMatchObject({ code: 0, stdout: expect.stringContaining('Whole: ') })
  expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining('Whole: ') })
  // A repetition has the same id and the same content, so the consumer has each event once.
  const ids = archive.events().map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})
