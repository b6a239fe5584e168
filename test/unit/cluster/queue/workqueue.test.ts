import { describe, expect, it } from '@jest/globals'
import { KubeApiError } from '../../../../src/cluster/client/api-error.ts'
import { createWorkqueue } from '../../../../src/cluster/queue/workqueue.ts'
import { createFakeClock } from '../fake-clock.ts'

const hour = 3_600_000

describe('workqueue', () => {
  it('works in the order in which keys came, and on each once', async () => {
    const clock = createFakeClock()
    const queue = createWorkqueue({ clock })
    const abort = new AbortController()
    const seen: string[] = []
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)

    const run = queue.run((key) => Promise.resolve(void seen.push(key)), { workers: 1, signal: abort.signal })
    // After each key, all other keys have their turn.
    for (let turn = 0; turn < 5; turn++) await clock.advance(hour)
    abort.abort()
    await run

    expect(seen).toEqual(['a', 'b', 'c'])
    expect(clock.sleepers()).toBe(0)
  })

  it('tells its load: keys that wait and keys in hand, and each that was added', async () => {
    const clock = createFakeClock()
    let added = 0
    const queue = createWorkqueue({ clock, onAdded: () => added++ })
    const abort = new AbortController()
    const hands = Promise.withResolvers<undefined>()
    for (const key of ['a', 'b', 'a']) queue.add(key)
    expect([added, queue.load()]).toEqual([2, { depth: 2, oldestMs: 0 }])

    const run = queue.run(() => hands.promise, { workers: 1, signal: abort.signal })
    await clock.advance(7)
    // It is in hand, so it will be worked on once more.
    queue.add('a')
    expect([added, queue.load()]).toEqual([2, { depth: 2, oldestMs: 7 }])

    hands.resolve(undefined)
    for (let turn = 0; turn < 5; turn++) await clock.advance(1)
    abort.abort()
    await run

    expect([added, queue.load()]).toEqual([3, { depth: 0, oldestMs: 0 }])
  })

  it('lets groups take turns, so that a thousand keys of one hold up no other', async () => {
    const queue = createWorkqueue({ clock: createFakeClock(), groupOf: (key) => key.slice(0, key.indexOf('/')) })
    const abort = new AbortController()
    const seen: string[] = []
    const ended = Promise.withResolvers<undefined>()
    for (let index = 0; index < 1_000; index++) queue.add(`loud/${index}`)
    queue.add('quiet/a')
    queue.add('quiet/b')

    const run = queue.run(
      (key) => {
        seen.push(key)
        if (key === 'loud/500') queue.add('late/c')
        if (seen.length === 1_003) ended.resolve(undefined)
        return Promise.resolve()
      },
      { workers: 1, signal: abort.signal },
    )
    await ended.promise
    abort.abort()
    await run

    expect(seen.slice(0, 5)).toEqual(['loud/0', 'quiet/a', 'loud/1', 'quiet/b', 'loud/2'])
    expect(seen.indexOf('late/c') - seen.indexOf('loud/500')).toBeLessThanOrEqual(2)
  })

  it('gives a group no second worker while another waits for its first', async () => {
    const queue = createWorkqueue({ clock: createFakeClock(), groupOf: (key) => key.slice(0, key.indexOf('/')) })
    const abort = new AbortController()
    const first = Promise.withResolvers<undefined>()
    const seen: string[] = []
    const all = Promise.withResolvers<undefined>()
    for (const key of ['slow/a', 'slow/b', 'slow/c', 'other/d', 'third/e']) queue.add(key)

    const run = queue.run(
      async (key) => {
        seen.push(key)
        if (key === 'slow/a') await first.promise
        if (key === 'third/e') first.resolve(undefined)
        if (seen.length === 5) all.resolve(undefined)
      },
      { workers: 2, signal: abort.signal },
    )
    await all.promise
    abort.abort()
    await run

    expect(seen.slice(0, 3)).toEqual(['slow/a', 'other/d', 'third/e'])
  })

  it('lets whatever else there is to do be done between keys', async () => {
    const queue = createWorkqueue({ clock: createFakeClock() })
    const abort = new AbortController()
    let keys = 0
    let keysBefore = Infinity
    for (let index = 0; index < 10_000; index++) queue.add(String(index))

    setImmediate(() => {
      keysBefore = keys
      abort.abort()
    })
    const reconcile = (): Promise<void> => {
      keys++
      return Promise.resolve()
    }
    await queue.run(reconcile, { workers: 8, signal: abort.signal })

    expect(keysBefore).toBeLessThan(100)
  })

  it('adds a key at its earliest moment only', async () => {
    const clock = createFakeClock()
    const queue = createWorkqueue({ clock })
    const abort = new AbortController()
    const seen: number[] = []

    const run = queue.run(() => Promise.resolve(void seen.push(clock.now())), { workers: 2, signal: abort.signal })
    for (const at of [500, 300, 700, 300]) queue.addAt('a', at)
    await clock.advance(hour)
    abort.abort()
    await run

    expect(seen).toEqual([300])
  })

  it('retries a failure later and later, up to a minute, and forgets it on success', async () => {
    const clock = createFakeClock()
    const told: unknown[] = []
    const queue = createWorkqueue({
      clock,
      onError: (key, error, retryInMs) => {
        told.push([key, String(error), retryInMs])
        throw new Error('the log is broken, too')
      },
    })
    const abort = new AbortController()
    let failures = 17
    const reconcile = () => (failures-- > 0 ? Promise.reject(new Error('no')) : Promise.resolve())

    const run = queue.run(reconcile, { workers: 1, signal: abort.signal })
    queue.add('a')
    await clock.advance(hour)
    failures = 1
    queue.add('a')
    await clock.advance(hour)
    abort.abort()
    await run

    const waits = [
      5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 5_120, 10_240, 20_480, 40_960, 60_000, 60_000, 60_000, 5,
    ]
    expect(told).toEqual(waits.map((ms) => ['a', 'Error: no', ms]))
  })

  it('retries by a clock of its own, which nobody puts back', async () => {
    const [clock, steady] = [createFakeClock(), createFakeClock()]
    const queue = createWorkqueue({ clock, steady })
    const abort = new AbortController()
    const tried: string[] = []
    const reconcile = (key: string) => {
      tried.push(key)
      return tried.length === 1 ? Promise.reject(new Error('no')) : Promise.resolve()
    }

    const run = queue.run(reconcile, { workers: 1, signal: abort.signal })
    queue.add('a')
    queue.addAfter('b', 100)
    // By the other clock, no time passes.
    await steady.advance(100)
    abort.abort()
    await run

    expect(tried).toEqual(['a', 'a', 'b'])
  })

  it('leaves a server alone for as long as it asks, up to a minute', async () => {
    const clock = createFakeClock()
    const waits: number[] = []
    const queue = createWorkqueue({ clock, onError: (_key, _error, retryInMs) => waits.push(retryInMs) })
    const abort = new AbortController()
    const asked = [3_000, 1, hour].map((retryAfterMs) => new KubeApiError('busy', { status: 429, retryAfterMs }))
    const reconcile = () => {
      const error = asked.shift()
      return error ? Promise.reject(error) : Promise.resolve()
    }

    const run = queue.run(reconcile, { workers: 1, signal: abort.signal })
    queue.add('a')
    await clock.advance(hour)
    abort.abort()
    await run

    expect(waits).toEqual([3_000, 10, 60_000])
  })

  it('is run once at a time, and again afterwards with what was left', async () => {
    const clock = createFakeClock()
    const queue = createWorkqueue({ clock })
    const first = new AbortController()
    const seen: string[] = []
    queue.add('a')
    queue.add('b')

    const run = queue.run(
      (key) => {
        seen.push(key)
        first.abort()
        return Promise.reject(new Error('called off'))
      },
      { workers: 1, signal: first.signal },
    )
    await expect(queue.run(() => Promise.resolve(), { workers: 1, signal: first.signal })).rejects.toThrow('already')
    await run
    const second = new AbortController()
    const rest = queue.run(
      (key) => {
        if (seen.push(key) === 3) second.abort()
        return Promise.resolve()
      },
      { workers: 1, signal: second.signal },
    )
    await clock.advance(1)
    await rest

    expect(seen).toEqual(['a', 'b', 'a'])
  })

  it('keeps no key waiting on a timer from before the time of day was put forward', async () => {
    const clock = createFakeClock()
    let offset = 0
    const settable = {
      now: () => clock.now() + offset,
      // A timer knows how long it must run, not until when.
      sleepUntil: (at: number, signal: AbortSignal) => clock.sleepUntil(at - offset, signal),
    }
    const queue = createWorkqueue({ clock: settable })
    const abort = new AbortController()
    const seen: [string, number][] = []

    const run = queue.run((key) => Promise.resolve(void seen.push([key, clock.now()])), {
      workers: 1,
      signal: abort.signal,
    })
    queue.addAt('before', hour)
    await clock.advance(1)
    offset = 2 * hour
    queue.addAt('after', settable.now() + 10)
    await clock.advance(hour / 2)
    abort.abort()
    await run

    expect(seen).toEqual([
      ['before', 1],
      ['after', 11],
    ])
  })

  it('refuses a moment that is none', () => {
    expect(() => {
      createWorkqueue({ clock: createFakeClock() }).addAt('a', NaN)
    }).toThrow(RangeError)
  })
})
