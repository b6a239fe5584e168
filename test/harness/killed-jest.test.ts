import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, jest } from '@jest/globals'
import { straysOf } from '../../scripts/test/strays.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'
import { itWithNode } from './node-suite.ts'

jest.setTimeout(240_000) // A cluster takes 5 s, and ten times as long on a loaded machine.
const parent = temporaryFolder()
const withNode = await itWithNode()
const startsWithinMs = 180_000

withNode('npm test removes the cluster of a suite whose jest is killed half-way, says what it was, and fails', () =>
  killHalfWay('api-server', 'reflector-chaos'),
)

withNode('npm test removes the clusters that a test itself started', () => killHalfWay('harness', 'side-by-side'))

async function killHalfWay(...words: readonly string[]): Promise<void> {
  const run = spawn(process.execPath, ['scripts/test.ts', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, TMPDIR: parent },
  })
  let output = ''
  run.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  const ended = once(run, 'close')
  const strays = () => straysOf(parent)
  await until('a kubelet runs', () => strays().some(({ command }) => command.includes('/bin/kubelet ')), startsWithinMs)
  const own = strays().find(({ command }) => command.includes('jest.js'))

  process.kill(own?.pid ?? 0, 'SIGKILL')

  expect(await ended).toEqual([1, null])
  expect(output).toContain('jest ended by SIGKILL')
  expect(output).toMatch(/left behind.*\n {2}process \d+: .*unshare --net .*sandbox\.sh/s)
  for (const what of ['network namespace net:', 'network link sally-', 'control group /'])
    expect(output).toContain(what)
  expect(output).toMatch(/\n0 passed, 2 failed, 0 skipped\n$/)
  expect(strays()).toEqual([])
  expect(readdirSync(parent)).toEqual([])
  const [, link = ''] = /network link (\S+)/.exec(output) ?? []
  const groups = [...output.matchAll(/control group (\S+)/g)].map(([, group = '']) => group)
  expect([join('/sys/class/net', link), ...groups].filter((path) => existsSync(path))).toEqual([])
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(parent)
}
