import { beforeAll, expect, it } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import fc from 'fast-check'
import { steadyClock } from '../../src/cluster/clock/clock.ts'
import { errorEventFault, statusFault, type Fault } from '../faults/fault.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import { configMap, configMaps } from './config-maps.ts'
import { reflect } from './reflected.ts'
import { openScene, thisCluster, type Scene } from './this-cluster.ts'

let scene: Scene
let proxy: FaultProxy
const unhandled: unknown[] = []
const noteUnhandled = (reason: unknown) => {
  unhandled.push(reason)
}

beforeAll(async () => {
  process.on('unhandledRejection', noteUnhandled)
  scene = await openScene('chaos')
  proxy = await startFaultProxy(thisCluster().kubeconfig('admin'))
})
inTheEnd(
  () => proxy.close(),
  () => scene.close(),
  () => process.off('unhandledRejection', noteUnhandled),
)

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>(
    statusFault(500, 'InternalError'),
    statusFault(503, 'ServiceUnavailable'),
    statusFault(429, 'TooManyRequests'),
    statusFault(410, 'Expired'),
    statusFault(504, 'Too large resource version: 9, current: 1'),
    statusFault(403, 'Forbidden'),
    errorEventFault(410, 'Expired'),
    errorEventFault(500, 'InternalError'),
    { kind: 'answer', status: 200, body: '' },
    { kind: 'silence' },
  ),
  fc.record({ kind: fc.constant('reset' as const), afterBytes: fc.nat(2_000) }),
)
const name = fc.constantFrom('a', 'b', 'c', 'd')
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('write' as const, 'remove' as const), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault }) },
  fc.record({ kind: fc.constantFrom('cut' as const, 'freeze' as const, 'refuse' as const, 'accept' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

// Longer than a step, so that several steps happen within one silence. Still short, so that the wait is short.
const silenceMs = 150

it('holds what a LIST says after any sequence of changes and faults, and its reports add up to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      proxy.startAfresh()
      const due: Fault[] = []
      proxy.onRequest(() => due.shift())
      const { settle, stop } = reflect(scene, proxy, { silenceMs })
      let isUp = true
      try {
        for (const one of steps) isUp = await take(one, { due, isUp })
        due.length = 0
        if (!isUp) await proxy.accept()
        await settle()
      } finally {
        await stop()
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000, endOnFailure: true },
  )
  expect(unhandled).toEqual([])
})

/** Does one step. Returns true if the proxy takes connections afterwards. */
async function take(step: Step, { due, isUp }: { due: Fault[]; isUp: boolean }): Promise<boolean> {
  const where = (name: string) => ({ namespace: scene.namespace, name })
  switch (step.kind) {
    case 'write':
      await scene.admin.apply(configMaps, configMap(scene.namespace, step.name, { at: String(steadyClock.now()) }))
      return isUp
    case 'remove':
      await scene.admin.remove(configMaps, where(step.name))
      return isUp
    case 'fault':
      due.push(step.fault)
      return isUp
    case 'cut':
      proxy.cut()
      return isUp
    case 'freeze':
      proxy.freeze()
      return isUp
    case 'refuse':
      if (isUp) await proxy.refuse()
      return false
    case 'accept':
      if (!isUp) await proxy.accept()
      return true
  }
}
