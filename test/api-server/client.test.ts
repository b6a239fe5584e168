import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  isConflict,
  isGone,
  isNotFound,
  isTooLargeResourceVersion,
  KubeApiError,
} from '../../src/cluster/client/api-error.ts'
import { createClient, type Client } from '../../src/cluster/client/client.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { statusFault } from '../faults/fault.ts'
import type { FaultProxy } from '../faults/proxy.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { configMap, configMaps, createConfigMaps, ours } from './config-maps.ts'
import { defineDoors } from './doors.ts'
import { openProxiedScene, type ProxiedScene } from './proxied-scene.ts'

let scene: ProxiedScene
let proxy: FaultProxy
let client: Client
// This begins before all tests and is awaited after them, because it takes longer than they do.
let silent: Promise<{ readonly error: unknown; readonly ms: number }>

beforeAll(async () => {
  scene = await openProxiedScene('client')
  ;({ proxy, client } = scene)
  proxy.onRequest(() => ({ kind: 'silence' }))
  silent = listInVain()
  await waitUntil({ what: 'the list', deadlineMs: 5_000 }, () => proxy.requests.length > 0)
  proxy.onRequest(() => undefined)
})
afterAll(() => scene.close())

const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  )
async function listInVain(): ReturnType<() => typeof silent> {
  const own = createClient(connect(proxy.kubeconfig))
  const begun = performance.now()
  const error = await failure(own.list(configMaps))
  await own.close()
  return { error, ms: performance.now() - begun }
}
async function readAll<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}
const uid = '00000000-0000-4000-8000-000000000000'

describe('client', () => {
  it('gets an object without managedFields, or undefined where there is none', async () => {
    const { namespace } = scene
    await client.apply(configMaps, configMap(namespace, 'get', { a: '1' }))

    const found = await client.get(configMaps, { namespace, name: 'get' })

    expect(found).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1', data: { a: '1' } })
    expect(found?.metadata).not.toHaveProperty('managedFields')
    expect(await client.get(configMaps, { namespace, name: 'none' })).toBeUndefined()
  })

  it('patches what is expected, and nothing else', async () => {
    const { namespace } = scene
    const { metadata } = await client.create(configMaps, configMap(namespace, 'patch', { a: '1', b: '1' }))
    const where = { namespace, name: 'patch' }

    const patched = await client.patch(configMaps, { ...where, ...metadata }, { data: { a: '2', b: null } })

    expect(patched).toMatchObject({ data: { a: '2' } })
    expect(patched).not.toHaveProperty('data.b')
    expect(isConflict(await failure(client.patch(configMaps, { ...where, ...metadata }, { data: { a: '3' } })))).toBe(
      true,
    )
    expect(isConflict(await failure(client.patch(configMaps, { ...where, uid }, { data: { a: '3' } })))).toBe(true)
    expect(isNotFound(await failure(client.patch(configMaps, { namespace, name: 'none' }, {})))).toBe(true)
    expect(await client.get(configMaps, where)).toMatchObject({ data: { a: '2' } })
  })

  it('patches a status, and only that', async () => {
    const { metadata } = await scene.admin.create(resources.Namespace, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: `${scene.namespace}-status` },
    })
    const conditions = [{ type: 'NamespaceContentRemaining', status: 'True', reason: 'Test', message: 'test' }]

    const patched = await client.patchStatus(resources.Namespace, metadata, { conditions })

    expect(patched).toMatchObject({ status: { phase: 'Active', conditions } })
    expect(isConflict(await failure(client.patchStatus(resources.Namespace, metadata, { conditions: [] })))).toBe(true)
    expect(await client.remove(resources.Namespace, { name: metadata.name })).toBe(true)
  })

  it('removes what is expected, and nothing else', async () => {
    const { namespace } = scene
    const { metadata } = await client.create(configMaps, configMap(namespace, 'remove'))
    const where = { namespace, name: 'remove' }

    expect(isConflict(await failure(client.remove(configMaps, { ...where, uid })))).toBe(true)
    expect(isConflict(await failure(client.remove(configMaps, { ...where, resourceVersion: '1' })))).toBe(true)
    expect(await client.remove(configMaps, { ...where, ...metadata })).toBe(true)
    expect(await client.remove(configMaps, where)).toBe(false)
  })

  it('says what failed, how, and when to come back', async () => {
    proxy.onRequest(() => statusFault(429, 'TooManyRequests', { 'retry-after': '3' }))
    const busy = await failure(client.get(configMaps, { namespace: scene.namespace, name: 'a' }))
    proxy.onRequest(() => ({ kind: 'reset', afterBytes: 0 }))
    const reset = await failure(client.get(configMaps, { namespace: scene.namespace, name: 'a' }))
    proxy.onRequest(() => ({ kind: 'answer', status: 200, body: '<html>Please log in</html>' }))
    const portal = await failure(client.get(configMaps, { namespace: scene.namespace, name: 'a' }))
    proxy.onRequest(() => ({ kind: 'answer', status: 302, headers: { location: '/login' }, body: '{}' }))
    const redirected = await failure(client.remove(configMaps, { namespace: scene.namespace, name: 'a' }))
    proxy.onRequest(() => undefined)

    expect(busy).toMatchObject({ status: 429, reason: 'TooManyRequests', retryAfterMs: 3_000 })
    expect(reset).toBeInstanceOf(KubeApiError)
    expect(reset).toMatchObject({ status: undefined })
    expect(portal).toBeInstanceOf(KubeApiError)
    expect(redirected).toMatchObject({ status: 302 })
  })

  it('takes a 404 for absence only where the API server says so of the object', async () => {
    const where = { namespace: scene.namespace, name: 'none' }
    proxy.onRequest(() => ({ kind: 'answer', status: 404, body: '404 page not found' }))
    const stranger = await failure(client.get(configMaps, where))
    proxy.onRequest(() => undefined)

    expect(stranger).toMatchObject({ status: 404 })
    expect(await client.get(configMaps, where)).toBeUndefined()
  })

  it('gives up at once when it is told to', async () => {
    proxy.onRequest(() => ({ kind: 'silence' }))
    const abort = new AbortController()
    const call = failure(client.list(configMaps, {}, abort.signal))
    abort.abort()

    expect(await call).toBeInstanceOf(KubeApiError)
    proxy.onRequest(() => undefined)
  })
})

describe('connections that were forgotten', () => {
  it('cost one call its time, however many there are, and end the watches', async () => {
    await using cleanup = new AsyncDisposableStack()
    // This test has a scene of its own, so that freezing it costs no other test.
    const own = cleanup.adopt(await openProxiedScene('client-forgotten'), (one) => one.close())
    const { namespace, client: connected } = own
    const get = (): Promise<unknown> => connected.call(pathOf(configMaps, { namespace }), { timeoutMs: 2_500 })
    const before = own.proxy.connections()
    await Promise.all(Array.from({ length: 12 }, get))
    const { resourceVersion } = await connected.list(configMaps, { namespace })
    const watching = { namespace, resourceVersion, timeoutSeconds: 60, signal: new AbortController().signal }
    const watch = readAll(await connected.watch(configMaps, watching))
    const watched = failure(watch)
    expect(own.proxy.connections()).toBeGreaterThan(before + 6)

    own.proxy.freeze()

    expect(await failure(get())).toBeInstanceOf(KubeApiError)
    expect(await get()).toMatchObject({ kind: 'ConfigMapList' })
    expect(await watched).toBeInstanceOf(Error)
  })
})

describe('list', () => {
  const names = Array.from({ length: 23 }, (_, index) => `list-${String(index).padStart(2, '0')}`)
  const options = () => ({ namespace: scene.namespace, fieldSelector: 'metadata.name!=kube-root-ca.crt', pageSize: 5 })
  let all: string[]

  beforeAll(async () => {
    await createConfigMaps(scene.admin, scene.namespace, names)
    const { items } = await scene.admin.list(configMaps, { namespace: scene.namespace, labelSelector: ours })
    all = items.map((item) => item.metadata.name)
  })

  it('reads all the pages, and gives each item its kind', async () => {
    const before = proxy.requests.length
    const { items } = await client.list(configMaps, options())

    expect(items.map((item) => item.metadata.name)).toEqual(all)
    expect(items.every((item) => item.kind === 'ConfigMap' && item.apiVersion === 'v1')).toBe(true)
    expect(proxy.requests.length - before).toBe(Math.ceil(all.length / 5))
  })

  it('begins again, in one piece, where the continue token has expired', async () => {
    proxy.onRequest(({ query }) => (query.has('continue') ? statusFault(410, 'Expired') : undefined))
    const before = proxy.requests.length
    const { items } = await client.list(configMaps, options())
    proxy.onRequest(() => undefined)

    expect(items.map((item) => item.metadata.name)).toEqual(all)
    expect(proxy.requests.length - before).toBe(3)
  })

  it('tells a version from the future, as a server that lags sees it, from other timeouts', async () => {
    const error = await failure(client.list(configMaps, { ...options(), resourceVersion: '999999999' }))

    expect(isTooLargeResourceVersion(error)).toBe(true)
  })
})

describe('watch', () => {
  const watch = (resourceVersion: string, signal: AbortSignal) =>
    client.watch(configMaps, { namespace: scene.namespace, resourceVersion, timeoutSeconds: 30, signal })

  it('reports what happens, in order, with characters of several bytes and events of a megabyte', async () => {
    const { namespace } = scene
    const abort = new AbortController()
    const { resourceVersion } = await client.list(configMaps, { namespace })
    const events = await watch(resourceVersion, abort.signal)
    const text = 'äöü€😀'.repeat(60_000)

    await client.create(configMaps, configMap(namespace, 'watched', { text }))
    await client.patch(configMaps, { namespace, name: 'watched' }, { data: { text: 'short' } })
    await client.remove(configMaps, { namespace, name: 'watched' })
    const seen: unknown[] = []
    for await (const event of events) {
      seen.push(event)
      if (event.type === 'DELETED') break
    }

    expect(seen).toMatchObject([
      { type: 'ADDED', object: { data: { text } } },
      { type: 'MODIFIED', object: { data: { text: 'short' } } },
      { type: 'DELETED', object: { metadata: { name: 'watched' } } },
    ])
    abort.abort()
  })

  it('is told of a version that is too old, by the API server itself', async () => {
    const abort = new AbortController()
    const doors = await defineDoors(scene)
    // The API server began to keep events of a kind this young long after its first version.
    const options = { namespace: scene.namespace, resourceVersion: '1', timeoutSeconds: 10, signal: abort.signal }

    expect(isGone(await failure(client.watch(doors, options).then(readAll)))).toBe(true)
    abort.abort()
  })

  it('ends at once when it is told to', async () => {
    const abort = new AbortController()
    const { resourceVersion } = await client.list(configMaps, { namespace: scene.namespace })
    const events = await watch(resourceVersion, abort.signal)
    const end = failure(readAll(events))
    abort.abort()

    expect(await end).toBeInstanceOf(KubeApiError)
  })
})

it('gives up a silent list as soon as any other call, and not after a minute', async () => {
  const { error, ms } = await silent

  expect(error).toBeInstanceOf(KubeApiError)
  expect(ms).toBeLessThan(15_000)
})
