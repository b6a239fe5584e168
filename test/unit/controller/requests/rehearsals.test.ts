import { describe, expect, test } from '@jest/globals'
import { KubeApiError } from '../../../../src/cluster/client/api-error.ts'
import type { Client } from '../../../../src/cluster/client/client.ts'
import { createRehearsals, type Rehearsals } from '../../../../src/controller/requests/rehearsals.ts'
import type { Manifest } from '../../../../src/api/manifest.ts'
import { createFakeClock } from '../../cluster/fake-clock.ts'

const pod = (image: string): { readonly creates: Manifest } => ({
  creates: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shell', namespace: 'shop', labels: {} },
    spec: { containers: [{ name: 'app', image }] },
  },
})
const { signal } = new AbortController()

interface Scene extends Pick<Rehearsals, 'rehearse' | 'forget'> {
  readonly clock: ReturnType<typeof createFakeClock>
  /** Returns how often the API server was asked. */
  readonly tries: () => number
  /** The pauses after which the key should be looked at again, one for each time that this was said. */
  readonly pauses: readonly number[]
  refused: boolean
}

function scene(goodForMs: number): Scene {
  const clock = createFakeClock()
  const pauses: number[] = []
  let tries = 0
  const tryCreate: Client['tryCreate'] = (_resource, object) => {
    tries += 1
    const words = { status: 403, statusMessage: 'no room' }
    return made.refused ? Promise.reject(new KubeApiError('refused', words)) : Promise.resolve(object)
  }
  const again = (_key: string, afterMs: number): void => {
    pauses.push(afterMs)
  }
  const made: Scene = {
    ...createRehearsals({
      client: { tryCreate, call: () => Promise.reject(new Error('no container is added here')) },
      steady: clock,
      again,
      goodForMs,
    }),
    clock,
    tries: () => tries,
    pauses,
    refused: false,
  }
  return made
}

describe('a pod that was admitted', () => {
  test('is tried again at each look for a request', async () => {
    const { rehearse, tries, pauses } = scene(0)
    for (let look = 0; look < 3; look += 1) await rehearse('shop/mine', pod('a'), signal)

    expect(tries()).toBe(3)
    expect(pauses).toEqual([])
  })

  test('rests for a template, unless it becomes another', async () => {
    const { rehearse, tries, pauses, clock } = scene(600_000)
    for (let look = 0; look < 100; look += 1) await rehearse('shop/web', pod('a'), signal)
    expect(tries()).toBe(1)
    await rehearse('shop/web', pod('b'), signal)
    expect(tries()).toBe(2)
    await clock.advance(600_000)
    await rehearse('shop/web', pod('b'), signal)

    expect(tries()).toBe(3)
    expect(new Set(pauses)).toEqual(new Set([600_000]))
  })

  test('is tried soon again once it is refused', async () => {
    const all = scene(600_000)
    await all.rehearse('shop/web', pod('a'), signal)
    await all.clock.advance(600_000)
    all.refused = true
    await all.rehearse('shop/web', pod('a'), signal)

    expect(all.pauses).toEqual([600_000, 1_000])
  })
})

describe('a pod that was refused', () => {
  test('is tried later and later, at the latest after a minute', async () => {
    const all = scene(0)
    all.refused = true
    for (let look = 0; look < 8; look += 1) {
      expect(await all.rehearse('shop/mine', pod('a'), signal)).toEqual({ outcome: 'refused', words: 'no room' })
      await all.clock.advance(all.pauses.at(-1) ?? 0)
    }

    expect(all.pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000))
    expect(all.tries()).toBe(8)
  })

  test('is looked at again also where a timer of the pod before it was earlier', async () => {
    const all = scene(0)
    all.refused = true
    await all.rehearse('shop/mine', pod('a'), signal)
    await all.rehearse('shop/mine', pod('b'), signal)
    await all.clock.advance(1_000)
    await all.rehearse('shop/mine', pod('b'), signal)

    expect(all.tries()).toBe(2)
    expect(all.pauses).toEqual([1_000, 2_000, 1_000])
  })

  test('is tried at once after it was forgotten', async () => {
    const all = scene(0)
    all.refused = true
    await all.rehearse('shop/mine', pod('a'), signal)
    all.forget('shop/mine')
    await all.rehearse('shop/mine', pod('a'), signal)

    expect(all.pauses).toEqual([1_000, 1_000])
  })
})
