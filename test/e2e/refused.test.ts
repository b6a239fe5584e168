import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { accessPassKind } from '../../src/api/kinds/access-pass.ts'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { installation } from '../../src/api/installation.ts'
import {
  applied,
  asked,
  grantFile,
  readyOf,
  refused,
  requestFile,
  storedRequest,
  type File,
  readyRequest,
} from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { denying, liftRules, noneOf, type ClusterRule } from '../fixtures/cluster-rules.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { kubectlOk } from '../fixtures/kubectl.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { ownPodTemplate, shellScene } from '../fixtures/shell-scene.ts'
import { templateFile } from '../fixtures/templates.ts'
import { until } from '../fixtures/until.ts'

// If the API server refuses a part of an access, the requestor is told, whatever object it is. Once it is allowed, all
// goes on.
const namespace = 'refused'
const { offer, ask } = shellScene(namespace)

let client: Client
gatedNamespace(namespace, () => Promise.resolve())
beforeAll(async () => {
  client = clientOf('admin')
  await Promise.all(['role', 'pass', 'binding', 'lost', 'record'].map((name) => paperPod(client, namespace, name)))
})
afterEach(liftRules)
afterAll(() => client.close())

const ready = (name: string): Promise<unknown> => readyRequest(namespace, name, 90)

/**
 * Returns a request for a command in the pod of its own name, because one pass lists all that a user has for one pod.
 */
const execOf = (name: string, spec: object = {}): File =>
  requestFile(namespace, name, { exec: { pod: name, container: 'app', command: ['id'] }, ...spec })

async function granted(name: string): Promise<void> {
  const { digest } = await asked(namespace, name)
  await applied('bob', grantFile(namespace, name, { digest }))
}

const noPasses = (): Promise<ClusterRule> =>
  denying({
    name: 'no-passes',
    group: 'access.sallyport.dev',
    resource: 'accesspasses',
    what: `request.namespace == '${namespace}'`,
    probe: {
      apiVersion: accessPassKind.apiVersion,
      kind: accessPassKind.kind,
      metadata: { name: 'probe', namespace },
      spec: { username: 'nobody', pod: 'web-0', requests: [] },
    },
  })

const noEvictions = (): Promise<ClusterRule> => {
  const of = { namespace, name: 'probe', uid: 'probe' }
  const begins = '2026-11-22T08:00:00.000000Z'
  return denying({
    name: 'no-evictions',
    group: 'access.sallyport.dev',
    resource: 'accessrecords',
    what: `has(object.spec.eviction) && object.spec.request.namespace == '${namespace}'`,
    probe: {
      apiVersion: accessRecordKind.apiVersion,
      kind: accessRecordKind.kind,
      metadata: { name: 'evict-probe', namespace: installation.namespace },
      spec: {
        ...{ id: 'probe', type: 'dev.sallyport.eviction.planned.v1', time: begins, request: of },
        eviction: { pod: 'web-0', podUID: 'probe', begins },
      },
    },
  })
}

const noRoles = (): Promise<ClusterRule> => noneOf(namespace, 'count/roles.rbac.authorization.k8s.io')
const noBindings = (): Promise<ClusterRule> => noneOf(namespace, 'count/rolebindings.rbac.authorization.k8s.io')

describe('before anybody reviews it', () => {
  test.each<[string, () => Promise<ClusterRule>, string, string]>([
    ['role', noRoles, 'the API server refused its Role', 'exceeded quota: none'],
    ['pass', noPasses, 'the API server refused its AccessPass', 'no accesspasses here'],
  ])('a %s that is refused is told, and the access comes once it may', async (name, rule, what, words) => {
    const held = await rule()
    await applied('alice', execOf(name))
    const told = await refused(namespace, name)
    await held.lift()
    await until(
      'it waits for its grant again',
      async () => {
        const stored = await storedRequest(namespace, name)
        return !readyOf(stored) && stored.status?.message?.startsWith('waits for approval')
      },
      90_000,
    )
    await granted(name)
    await ready(name)

    expect(told.status).toMatchObject({ phase: 'Pending', message: expect.stringContaining(what) })
    expect(told.status?.message).toContain(words)
    expect(readyOf(told)).toMatchObject({ status: 'False', message: told.status?.message })
  })
})

describe('after it was approved', () => {
  test('a binding that is refused is told, and the access comes once it may', async () => {
    const held = await noBindings()
    await applied('alice', execOf('binding'))
    await granted('binding')
    const told = await refused(namespace, 'binding')
    await held.lift()
    await ready('binding')

    expect(told.status).toMatchObject({
      phase: 'Approved',
      message: expect.stringMatching(
        /^the API server refused its RoleBinding, and Sallyport tries again: .*exceeded quota: none/,
      ),
    })
    expect(told.status?.expiresAt).toBeDefined()
    const { status } = await storedRequest(namespace, 'binding')
    expect(status).toMatchObject({ phase: 'Active', expiresAt: told.status?.expiresAt })
  })

  test('a live access whose binding is gone, and refused, is live no more, and is again', async () => {
    await applied('alice', execOf('lost'))
    await granted('lost')
    await ready('lost')
    const { metadata } = await storedRequest(namespace, 'lost')
    const held = await noBindings()
    await kubectlOk('admin', ['delete', 'rolebinding', `sallyport-${metadata.uid}`, '-n', namespace])
    const told = await refused(namespace, 'lost')
    await held.lift()
    await ready('lost')

    expect(told.status).toMatchObject({ phase: 'Approved', message: expect.stringContaining('exceeded quota: none') })
  })

  test('a shell pod that is refused is told, and made once it may', async () => {
    await offer('shell', ownPodTemplate())
    await ask('shell-late', { startAt: new Date(Date.now() + 6_000).toISOString() })
    await asked(namespace, 'shell-late')
    const held = await noneOf(namespace, 'pods')
    const told = await refused(namespace, 'shell-late')
    await held.lift()
    const made = await until(
      'it is made',
      async () => (await storedRequest(namespace, 'shell-late')).status?.target?.podUID,
      90_000,
    )

    expect(told.status).toMatchObject({
      phase: 'Approved',
      message: expect.stringMatching(
        /^the API server refused its Pod, and Sallyport tries again: .*exceeded quota: none/,
      ),
    })
    expect(made).toBeDefined()
  })

  test('the record of what is to be evicted that is refused is told', async () => {
    const exec = { target: { kind: 'Pod', name: 'record' }, onExpiry: { evict: true } }
    await applied('admin', templateFile(namespace, 'evicted', { access: { exec } }))
    const held = await noEvictions()
    const templateRef = { kind: 'AccessTemplate', name: 'evicted' }
    await applied('alice', execOf('record', { templateRef, duration: '30m' }))
    const told = await refused(namespace, 'record')
    await held.lift()
    await ready('record')

    expect(told.status?.message).toMatch(
      /^the API server refused its AccessRecord, and Sallyport tries again: .*no accessrecords here/,
    )
  })
})
