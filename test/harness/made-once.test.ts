import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from '@jest/globals'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const parent = temporaryFolder()
const deadlineMs = 60_000
let cache: string
let log: string

beforeEach(() => {
  cache = mkdtempSync(join(parent, 'cache-'))
  log = join(cache, 'log')
  writeFileSync(log, '')
})

/** Starts a process that needs a file which takes so many seconds to make. */
function startMaker(seconds: number): { readonly pid: number; kill(): void; readonly made: Promise<string> } {
  const args = ['test/fixtures/slow-maker.ts', log, String(seconds)]
  const env = { ...process.env, XDG_CACHE_HOME: cache }
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const made = once(child, 'close').then(() => output.trim())
  return { pid: child.pid ?? 0, kill: () => void child.kill('SIGKILL'), made }
}

const begun = (): readonly string[] => readFileSync(log, 'utf8').split('\n').filter(Boolean)

test('of processes that need it at once one makes it, and all have the same', async () => {
  const makers = [1, 2, 3].map(() => startMaker(1))

  const paths = await Promise.all(makers.map(({ made }) => made))

  expect(begun()).toHaveLength(1)
  expect(new Set(paths).size).toBe(1)
  expect(readFileSync(paths[0] ?? '', 'utf8')).toBe('whole')
  expect(readdirSync(dirname(paths[0] ?? ''))).toHaveLength(1)
})

test('where the maker is killed, the next that waits begins anew, and nothing half made is taken', async () => {
  const first = startMaker(3_600)
  await until('the first has begun', () => begun().length === 1, deadlineMs)
  const second = startMaker(1)
  first.kill()

  const path = await second.made

  expect(begun()).toEqual([`begun by ${first.pid}`, `begun by ${second.pid}`])
  expect(readFileSync(path, 'utf8')).toBe('whole')
  expect(readdirSync(dirname(path))).toHaveLength(1)
})
