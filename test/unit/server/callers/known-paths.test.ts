import { expect, test } from '@jest/globals'
import { createKnownPaths, type KnownPaths } from '../../../../src/server/callers/known-paths.ts'

interface Scene {
  readonly known: KnownPaths
  /** The paths in the webhook configuration. */
  paths: readonly string[]
  /** The number of times it was read. */
  reads: number
  fails: boolean
  now: number
}

function scene(...paths: readonly string[]): Scene {
  const it: Scene = {
    paths,
    reads: 0,
    fails: false,
    now: 0,
    known: createKnownPaths({
      read() {
        it.reads++
        return it.fails ? Promise.reject(new Error('away')) : Promise.resolve(it.paths)
      },
      now: () => it.now,
      sleep(ms) {
        it.now += ms
        return Promise.resolve()
      },
    }),
  }
  return it
}

test('a path is read once, and then believed for half a minute', async () => {
  const it = scene('/connect/a')

  for (let call = 0; call < 10; call++) expect(await it.known.isKnown('/connect/a')).toBe(true)
  expect(it.reads).toBe(1)

  it.now += 31_000
  expect(await it.known.isKnown('/connect/a')).toBe(true)
  expect(it.reads).toBe(2)
})

test('a new path is taken at once, and the old one for 15 s more', async () => {
  const it = scene('/connect/a')
  await it.known.isKnown('/connect/a')

  it.paths = ['/connect/b']
  it.now += 1_000
  expect(await it.known.isKnown('/connect/b')).toBe(true)
  expect(await it.known.isKnown('/connect/a')).toBe(true)

  it.now += 15_000
  expect(await it.known.isKnown('/connect/a')).toBe(false)
  expect(await it.known.isKnown('/connect/b')).toBe(true)
})

test('an old path ends within 45 s where nobody has called the new one', async () => {
  const it = scene('/connect/a')
  await it.known.isKnown('/connect/a')
  it.paths = ['/connect/b']

  it.now += 30_000
  expect(await it.known.isKnown('/connect/a')).toBe(true)
  it.now += 15_001
  expect(await it.known.isKnown('/connect/a')).toBe(false)
})

test('a call that comes while a look goes on waits for one that began after it', async () => {
  const it = scene('/connect/a')
  await it.known.isKnown('/connect/a')
  it.now += 1_000
  const guess = it.known.isKnown('/connect/guess')

  it.now += 1
  it.paths = ['/connect/b']
  const called = it.known.isKnown('/connect/b')

  expect(await guess).toBe(false)
  expect(await called).toBe(true)
})

test('guesses make at most four reads a second', async () => {
  const it = scene('/connect/a')

  for (let guess = 0; guess < 40; guess++) expect(await it.known.isKnown(`/connect/guess-${guess}`)).toBe(false)

  expect(it.reads).toBeLessThanOrEqual(1 + it.now / 250)
})

test('where the configuration cannot be read nobody knows, and the next call asks again', async () => {
  const it = scene('/connect/a')
  it.fails = true
  await expect(it.known.isKnown('/connect/a')).rejects.toThrow('away')

  it.fails = false
  expect(await it.known.isKnown('/connect/a')).toBe(true)
})

test('one that the leader beside it is about to write is known also while nothing can be read, but not for ever', async () => {
  const it = scene('/connect/a')
  await it.known.isKnown('/connect/a')

  it.known.expect(['/connect/b'])
  it.fails = true
  it.now += 1_000
  expect(await it.known.isKnown('/connect/b')).toBe(true)
  expect(it.reads).toBe(1)

  it.now += 30_000
  await expect(it.known.isKnown('/connect/b')).rejects.toThrow('away')
  it.fails = false
  it.now += 1_000
  expect(await it.known.isKnown('/connect/b')).toBe(false)
})

test('one that was expected, and that no look has seen, is taken for 15 s more once the next one is expected', async () => {
  const it = scene('/connect/a')
  await it.known.isKnown('/connect/a')
  it.known.expect(['/connect/b'])
  expect(await it.known.isKnown('/connect/b')).toBe(true)

  it.known.expect(['/connect/c'])
  it.paths = ['/connect/c']
  it.now += 14_000
  expect(await it.known.isKnown('/connect/c')).toBe(true)
  expect(await it.known.isKnown('/connect/b')).toBe(true)

  it.now += 1_000
  expect(await it.known.isKnown('/connect/b')).toBe(false)
})
