import { afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority, issueLeaf, type KeyPair } from '../../../certs/authority.ts'
import { watchPair } from '../../../certs/watch-pair.ts'

const validity = { from: new Date(), days: 1 }
let folder: string
let stop: AbortController
let first: KeyPair
let next: KeyPair

beforeAll(async () => {
  const authority = await createAuthority('test CA', validity)
  first = await issueLeaf(authority, ['a'], validity)
  next = await issueLeaf(authority, ['b'], validity)
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
  stop = new AbortController()
  write(first)
})
afterEach(() => {
  stop.abort()
  rmSync(folder, { recursive: true })
})

function write(pair: Partial<KeyPair>): void {
  for (const [name, text] of [
    ['tls.crt', pair.cert],
    ['tls.key', pair.key],
  ] as const) {
    if (text === undefined) continue
    writeFileSync(join(folder, 'new'), text)
    renameSync(join(folder, 'new'), join(folder, name))
  }
}

/** Resolves to the watcher's first report: a pair or a problem. */
function nextReport(): Promise<KeyPair | string> {
  return new Promise((resolve) => {
    const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }
    watchPair(files, first, { onPair: resolve, onProblem: resolve }, stop.signal)
  })
}

test('a new pair is reported', async () => {
  const report = nextReport()
  write(next)

  await expect(report).resolves.toEqual(next)
})

test('half a pair is a problem, and no pair', async () => {
  const report = nextReport()
  write({ key: next.key })

  await expect(report).resolves.toContain('the key does not belong to the certificate')
})

// This happens if inotify has no watch left. A test cannot cause that for itself only.
test('files in a folder that cannot be watched are looked at every ten seconds', () => {
  const there = folder
  folder = join(there, 'later')
  jest.useFakeTimers()
  try {
    const onPair = jest.fn()
    const files = { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }
    watchPair(files, first, { onPair, onProblem: () => undefined }, stop.signal)
    mkdirSync(folder)
    write(next)

    jest.advanceTimersByTime(10_000)

    expect(onPair).toHaveBeenCalledWith(next)
  } finally {
    jest.useRealTimers()
    folder = there
  }
})
