import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import { parse, stringify } from 'yaml'
import { asked, ended, grantFile, refusedApply, requestFile } from '../fixtures/access.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { install, type Installation } from '../fixtures/installation.ts'
import { freeLease } from '../fixtures/lease.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { peopleOf, type People } from '../fixtures/people.ts'
import { leads, startReplica, type Replica } from '../fixtures/replica.ts'
import { until } from '../fixtures/until.ts'

// Requests without a template under a config that bounds them, and under the next one, which forbids them. Pods exist on paper.
const namespace = 'direct-requests'
const reviewers = [{ kind: 'User', name: 'bob' }]
const direct = { maxDuration: '1h', reviewers, reason: { required: true, pattern: '^OPS-' } }

let installed: Installation
let people: People
let replica: Replica

beforeAll(async () => {
  installed = await install(namespace, { requests: { direct } })
  people = await peopleOf(namespace)
  await start()
})
inTheEnd(
  () => replica[Symbol.asyncDispose](),
  () => people[Symbol.asyncDispose](),
  () => installed[Symbol.asyncDispose](),
)

async function start(): Promise<void> {
  replica = await startReplica(installed)
  installed.service.endpoints = [replica.port]
  await until('it leads', () => leads(replica), 20_000)
}

async function restart(requests: object): Promise<void> {
  await replica[Symbol.asyncDispose]()
  const config = parse(readFileSync(installed.config, 'utf8')) as object
  writeFileSync(installed.config, stringify({ ...config, requests }))
  await freeLease()
  await start()
}

test.each<[string, object, string]>([
  ['for too long', { duration: '61m' }, 'for at most 1h, and spec.duration is 61m (E_REQUEST_DIRECT)'],
  [
    'without a reason',
    { reason: undefined },
    'only with a reason in spec.reason that matches ^OPS- (E_REQUEST_DIRECT)',
  ],
  ['with another reason', { reason: 'because' }, 'spec.reason does not match ^OPS-'],
])('a request without a template %s is refused, and the text names templates', async (_title, spec, text) => {
  const refusal = await refusedApply('alice', requestFile(namespace, 'bounded', spec))

  expect(refusal).toContain(text)
  expect(refusal).toContain(
    `ask under a template. See what is offered: kubectl get accesstemplates,clusteraccesstemplates -n ${namespace}`,
  )
})

test('only who the config names decides it; a config that forbids it ends what waits and what is live', async () => {
  await paperPod(people.admin, namespace, 'waiting')
  await people.ask('waiting')
  const { digest } = await asked(namespace, 'waiting')
  expect(await refusedApply('carol', grantFile(namespace, 'waiting', { digest }))).toContain(
    'carol is not a reviewer of request waiting (E_GRANT_REVIEWER)',
  )
  await people.access('live')
  expect((await people.exec('live')).letIn).toBe(true)

  await restart({ direct: { allow: false } })

  const why = 'Sallyport takes no request without a template here'
  expect((await people.exec('live')).text).toContain(why)
  expect(await ended(namespace, 'live', 'Revoked')).toBe(why)
  expect(await ended(namespace, 'waiting', 'Failed')).toBe(why)
  expect(await refusedApply('alice', requestFile(namespace, 'another'))).toContain(`${why} (E_REQUEST_DIRECT)`)
})
