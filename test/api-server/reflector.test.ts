import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { steadyClock } from '../../src/cluster/clock/clock.ts'
import { waitUntil } from '../cluster/wait-until.ts'
import { errorEventFault, statusFault, type Fault } from '../faults/fault.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import { configMap, configMaps, createConfigMaps } from './config-maps.ts'
import { reflect, type Reflected } from './reflected.ts'
import { openScene, thisCluster, type Scene } from './this-cluster.ts'

let scene: Scene
let proxy: FaultProxy
let reflected: Reflected | undefined
const unhandled: unknown[] = []
const noteUnhandled = (reason: unknown) => {
  unhandled.push(reason)
}

beforeAll(async () => {
  process.on('unhandledRejection', noteUnhandled)
  proxy = await startFaultProxy(thisCluster().kubeconfig('admin'))
})
afterAll(async () => {
  await proxy.close()
  process.off('unhandledRejection', noteUnhandled)
  expect(unhandled).toEqual([])
})
beforeEach(async () => {
  scene = await openScene('reflector')
  proxy.startAfresh()
})
afterEach(async () => {
  await reflected?.stop()
  reflected = undefined
  await scene.close()
})

async function start(options?: Parameters<typeof reflect>[2]): Promise<Reflected> {
  await createConfigMaps(scene.admin, scene.namespace, ['a', 'b'])
  reflected = reflect(scene, proxy, options)
  await reflected.reflector.synced
  await watching()
  return reflected
}

/** Waits until a watch is open: later changes come as events. */
async function watching(more = 0): Promise<void> {
  const wait = { what: 'the opening of a watch', deadlineMs: 10_000 }
  await waitUntil(wait, () => requests('watch').length > more)
}

function requests(kind: 'list' | 'watch') {
  return proxy.requests.filter(({ isWatch }) => isWatch === (kind === 'watch'))
}

const versionsListed = () => requests('list').map(({ query }) => query.get('resourceVersion') ?? '')
const change = (name: string) =>
  scene.admin.patch(configMaps, { namespace: scene.namespace, name }, { data: { v: 'new' } })
const remove = (name: string) => scene.admin.remove(configMaps, { namespace: scene.namespace, name })
const create = (name: string) => scene.admin.create(configMaps, configMap(scene.namespace, name))

/** Gives the next request of this kind the fault. Later requests get none. */
function once(kind: 'list' | 'watch', fault: Fault): void {
  let isDue = true
  proxy.onRequest(({ isWatch }) => {
    if (!isDue || isWatch !== (kind === 'watch')) return undefined
    isDue = false
    return fault
  })
}

describe('reflector', () => {
  it('lists, follows, finds by index, and leaves nothing open when it stops', async () => {
    const { reflector, settle, stop } = await start()
    const key = `${scene.namespace}/a`

    await change('a')
    await remove('b')
    await create('c')
    await settle()

    expect(reflector.get(key)?.metadata).not.toHaveProperty('managedFields')
    expect(reflector.by('value', 'new')).toEqual([reflector.get(key)])
    expect(steadyClock.now() - reflector.lastContact).toBeLessThan(10_000)
    expect(versionsListed()).toEqual(['0'])
    reflected = undefined
    await stop()
    await waitUntil({ what: 'the closing of connections', deadlineMs: 2_000 }, () => proxy.connections() === 0)
  })

  it.each([
    ['a reset', { kind: 'reset', afterBytes: 0 }],
    ['a reset within an event', { kind: 'reset', afterBytes: 100 }],
    ['500', statusFault(500, 'InternalError')],
    ['503', statusFault(503, 'ServiceUnavailable')],
    ['429', statusFault(429, 'TooManyRequests')],
    ['an ERROR event of 500', errorEventFault(500, 'InternalError')],
    ['the page of a portal', { kind: 'answer', status: 200, body: '<html>\n' }],
  ] satisfies [string, Fault][])('goes on from where it was, without a list, after %s', async (_, fault) => {
    const { settle } = await start()
    once('watch', fault)
    proxy.cut()
    await change('a')
    await create('c')
    await settle()

    expect(versionsListed()).toEqual(['0'])
  })

  it.each([
    ['as a status', statusFault(410, 'Expired')],
    ['as an event', errorEventFault(410, 'Expired')],
  ])(
    'lists the newest state after a 410 %s, and reports what it missed, a re-creation as deleted and added',
    async (_, gone) => {
      const { reflector, changes, settle } = await start()
      const before = reflector.get(`${scene.namespace}/a`)?.metadata.uid ?? ''
      once('watch', gone)
      await proxy.refuse()
      await remove('a')
      const { metadata } = await create('a')
      await remove('b')
      const reported = changes.length
      await proxy.accept()
      await settle()

      expect(versionsListed()).toEqual(['0', ''])
      const ofA = changes.slice(reported).filter((line) => line.startsWith('a:'))
      expect(ofA).toEqual([`a: ${before} > -`, `a: - > ${metadata.uid ?? ''}`])
    },
  )

  it('lists what is not older than it has seen after another refusal, and the newest where that is too new', async () => {
    const { settle } = await start()
    const tooLarge = 'Too large resource version: 9, current: 1'
    const refusals = [statusFault(400, 'BadRequest'), statusFault(504, tooLarge)]
    proxy.onRequest(() => refusals.shift())
    proxy.cut()
    await change('a')
    await settle()

    expect(versionsListed()).toEqual(['0', expect.stringMatching(/^\d{2,}$/), ''])
  })

  it('waits as long as the server asks', async () => {
    const { settle, log } = await start()
    once('watch', statusFault(429, 'TooManyRequests', { 'retry-after': '1' }))
    proxy.cut()
    await change('a')
    await settle()

    expect(log.some((event) => event.event === 'failed' && event.retryInMs >= 1_000)).toBe(true)
  })

  it('renews a watch whose connection leads nowhere any more', async () => {
    const { settle, log } = await start({ silenceMs: 300 })
    proxy.freeze()
    await change('a')
    await settle()

    expect(log).toContainEqual({ event: 'silent' })
    expect(versionsListed()).toEqual(['0'])
  })

  it('survives an API server that is away', async () => {
    const { settle, log } = await start()
    await proxy.refuse()
    await change('a')
    const failures = () => log.filter(({ event }) => event === 'failed').length
    await waitUntil({ what: 'the third failure', deadlineMs: 5_000 }, () => failures() >= 3)
    await proxy.accept()
    await settle()

    expect(versionsListed()).toEqual(['0'])
  })

  it('does not spin where watches end at once', async () => {
    const { log } = await start()
    proxy.onRequest(({ isWatch }) => (isWatch ? { kind: 'answer', status: 200, body: '' } : undefined))
    proxy.cut()
    const pauses = () => log.flatMap((event) => (event.event === 'failed' ? [event.retryInMs] : []))
    await waitUntil({ what: 'the fifth failure', deadlineMs: 10_000 }, () => pauses().length >= 5)

    expect(Math.max(...pauses())).toBeGreaterThanOrEqual(800 * 0.02 * 2 ** 4)
    proxy.onRequest(() => undefined)
  })

  it('lists where watches are accepted but fail at the same event again and again', async () => {
    const { settle, reflector } = await start()
    proxy.onRequest(({ isWatch }) =>
      isWatch && requests('list').length === 1 ? { kind: 'answer', status: 200, body: '{"type":"?"}\n' } : undefined,
    )
    proxy.cut()
    await change('a')
    await settle()

    expect(reflector.get(`${scene.namespace}/a`)?.data).toEqual({ v: 'new' })
    expect(requests('list')).toHaveLength(2)
  })

  it('outlives a handler that throws', async () => {
    const onChange = () => {
      throw new Error('a handler with a bug')
    }
    const { settle, log } = await start({ onChange })
    await change('a')
    await settle()

    expect(log.filter(({ event }) => event === 'handler-failed').length).toBeGreaterThanOrEqual(3)
  })

  it('stops at once, whatever it is at', async () => {
    for (const fault of [{ kind: 'silence' }, statusFault(500, 'InternalError'), undefined] as const) {
      for (const isWatch of [false, true]) {
        const before = proxy.requests.length
        proxy.onRequest((request) => (request.isWatch === isWatch ? fault : undefined))
        const { stop } = reflect(scene, proxy)
        const wait = { what: 'the first request', deadlineMs: 5_000 }
        await waitUntil(wait, () => proxy.requests.length > before)
        const begun = steadyClock.now()
        await stop()
        expect(steadyClock.now() - begun).toBeLessThan(500)
      }
    }
    await waitUntil({ what: 'the closing of connections', deadlineMs: 2_000 }, () => proxy.connections() === 0)
  })
})
