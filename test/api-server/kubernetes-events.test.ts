import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { auditExamples } from '../../scripts/docs/audit-examples.ts'
import type { AuditEvent } from '../../src/api/audit-event.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { kubernetesEvents } from '../../src/audit/kubernetes-events/kubernetes-event.ts'
import {
  createEventPublisher,
  type EventOutcome,
  type EventPublisher,
} from '../../src/audit/kubernetes-events/publisher.ts'
import { statusFault } from '../faults/fault.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { until } from '../fixtures/until.ts'
import { openProxiedScene, type ProxiedScene } from './proxied-scene.ts'

let scene: ProxiedScene
let proxy: FaultProxy
let client: Client
let publisher: EventPublisher
let outcomes: EventOutcome[]
let errors: string[]

beforeAll(async () => {
  scene = await openProxiedScene('kubernetes-events')
  ;({ proxy, client } = scene)
})
afterAll(() => scene.close())
beforeEach(() => {
  proxy.startAfresh()
  outcomes = []
  errors = []
  publisher = createEventPublisher({
    client,
    onOutcome: (outcome, error) => {
      outcomes.push(outcome)
      if (error instanceof Error) errors.push(error.message)
    },
  })
})
afterEach(() => publisher.close(1_000))

/** Returns the examples of the docs, in the namespace of this test. */
function examples(): readonly AuditEvent[] {
  return JSON.parse(JSON.stringify(auditExamples()).replaceAll('"shop"', `"${scene.namespace}"`)) as AuditEvent[]
}

function denied(id: string): AuditEvent {
  const event = examples().find(({ type }) => type.includes('gate.denied'))
  if (!event) throw new Error('there is no example of a denial')
  return { ...event, id }
}

async function stored(id: string): Promise<readonly object[]> {
  const { items } = await scene.admin.list(resources.Event, { namespace: scene.namespace })
  return items.filter(({ metadata }) => metadata.annotations?.['access.sallyport.dev/event-id'] === id)
}

test('the API server takes the Events of every type, once each', async () => {
  const all = examples()
  // An object without a known uid is looked up, and here none exists.
  const isFindable = ({ regarding }: { regarding: { kind: string; uid?: string } }): boolean =>
    !['Pod', 'AccessRequest'].includes(regarding.kind) || regarding.uid !== undefined
  const expected = all.flatMap(kubernetesEvents).filter(isFindable).length

  for (let time = 0; time < 2; time++) for (const event of all) publisher.publish(event)
  await until('all are written', () => outcomes.length >= expected)

  expect(errors).toEqual([])
  expect(expected).toBeGreaterThan(20)
  for (const event of all) {
    const own = kubernetesEvents(event).filter(({ regarding }) => regarding.namespace === scene.namespace)
    expect(await stored(event.id)).toHaveLength(own.filter(isFindable).length)
  }
})

test('the same again is a series of the Event that is there', async () => {
  publisher.publish(denied('first'))
  await until('it is written', async () => (await stored('first')).length === 1)
  publisher.publish(denied('second'))
  publisher.publish(denied('third'))

  // Two attempts each time.
  await until('it counts', async () => JSON.stringify(await stored('first')).includes('"count":6'))
  expect(await stored('second')).toEqual([])
  expect(await stored('first')).toMatchObject([
    { metadata: { annotations: { 'access.sallyport.dev/last-event-id': 'third' } } },
  ])
})

test('what is told by the leader before is there once', async () => {
  const other = createEventPublisher({ client, onOutcome: (outcome) => outcomes.push(outcome) })
  publisher.publish(denied('twice'))
  other.publish(denied('twice'))
  await until('both have tried', () => outcomes.length === 2)
  await other.close(1_000)

  expect(await stored('twice')).toHaveLength(1)
  expect(errors).toEqual([])
})

test.each([
  [403, 'Forbidden'],
  [429, 'TooManyRequests'],
  [500, 'InternalError'],
])('what is answered with %d is lost and counted, and not tried again', async (status, reason) => {
  proxy.onRequest(({ method }) => (method === 'POST' ? statusFault(status, reason) : undefined))

  publisher.publish(denied(`lost-${status}`))

  await until('it is counted', () => outcomes.length > 0)
  await publisher.close(1_000)
  expect(outcomes).toEqual(['failed'])
  expect(proxy.requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('while no call is answered, at most so many wait, and closing is in time', async () => {
  proxy.onRequest(({ method }) => (method === 'POST' ? { kind: 'silence' } : undefined))
  const namespaces = Array.from({ length: 100 }, (_, index) => `${scene.namespace}-${index}`)
  const event = denied('flood')
  for (let call = 0; call < 2_000; call++) {
    const tried = { ...event.data.tried, namespace: namespaces[call % 100] ?? '', name: `pod-${call}` }
    publisher.publish({ ...event, id: `flood-${call}`, data: { ...event.data, tried } })
  }

  expect(outcomes.filter((outcome) => outcome === 'crowded').length).toBeGreaterThan(900)
  const begun = performance.now()
  await publisher.close(200)
  expect(performance.now() - begun).toBeLessThan(2_000)
})

test('a user who is denied in many ways uses up at most the Events of one namespace', () => {
  const event = denied('noise')
  for (let call = 0; call < 1_000; call++) {
    const tried = { ...event.data.tried, name: `pod-${call}` }
    publisher.publish({ ...event, id: `noise-${call}`, data: { ...event.data, tried } })
  }

  expect(outcomes.filter((outcome) => outcome === 'over_budget').length).toBeGreaterThan(700)
})
