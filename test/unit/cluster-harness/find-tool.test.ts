import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { certManager } from '../../cluster/cert-manager.ts'
import { findTool } from '../../cluster/find-tool.ts'
import { onPath } from '../../cluster/node-tools.ts'
import type { GoTool } from '../../cluster/go-tool.ts'
import { helm } from '../../cluster/helm.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const parent = temporaryFolder()
const program = '#!/bin/sh\necho v4.9.9\n'
const tool: GoTool = {
  name: 'thing',
  title: 'Thing',
  version: 'v4.1.0',
  sha256: createHash('sha256').update(program).digest('hex'),
  go: { major: 1, minor: 9_999 },
  module: 'helm',
  program: 'example.invalid/thing',
  variables: {},
  minutes: 1,
  otherwise: 'have a rest',
  installed: { program: 'thing', ask: ['version'], accepts: /^v4\./ },
}
let before: NodeJS.ProcessEnv
let cache: string
let lines: string[]

const find = (changes: Partial<GoTool> = {}): ReturnType<typeof findTool> =>
  findTool({ log: (line) => lines.push(line), signal: new AbortController().signal }, { ...tool, ...changes })

function putOnPath(script: string): string {
  const folder = mkdtempSync(join(parent, 'bin-'))
  const path = join(folder, 'thing')
  writeFileSync(path, script)
  chmodSync(path, 0o755)
  process.env['PATH'] = [folder, process.env['PATH']].join(delimiter)
  return path
}

beforeEach(() => {
  before = { ...process.env }
  lines = []
  cache = mkdtempSync(join(parent, 'cache-'))
  process.env['XDG_CACHE_HOME'] = mkdtempSync(join(parent, 'user-'))
  process.env['SALLYPORT_KUBE_CACHE'] = cache
})

afterEach(() => {
  process.env = before
})

const onX64 = process.arch === 'x64' ? it : it.skip

describe('a tool', () => {
  onX64('comes from the cache folder, if its sum is right', async () => {
    mkdirSync(cache, { recursive: true })
    const { stdout } = spawnSync('xz', ['--stdout'], { input: program })
    writeFileSync(join(cache, 'thing-v4.1.0-linux-amd64.xz'), stdout)

    expect(await find()).toEqual({ path: expect.stringContaining(`thing-${tool.sha256}`) })
    expect(await find({ sha256: 'another' })).toEqual({
      missing: expect.stringContaining('expected another: not used'),
    })
  })

  it('comes from PATH, if the cache folder has none', async () => {
    const path = putOnPath(program)

    expect(await find()).toEqual({ path })
    expect(lines).toEqual([`SALLYPORT_KUBE_CACHE is ${cache}, but there is no thing-v4.1.0-linux-amd64.xz in it`])
  })

  it('is missing, with the remedy, if the one on PATH is another version and Go is too old', async () => {
    putOnPath('#!/bin/sh\necho v3.1.0\n')
    const why = /Go 1\.9999 or newer .*, or have a rest$/

    expect(await find()).toEqual({ missing: expect.stringMatching(why) })
  })

  it('is missing if Go cannot compile it, with what Go says', async () => {
    if (onPath('go') === undefined) return

    expect(
      await find({ go: { major: 1, minor: 20 }, installed: { program: 'nowhere', ask: [], accepts: /./ } }),
    ).toEqual({ missing: expect.stringContaining('example.invalid/thing') })
  })
})

it.each([
  [helm, 'helm.sh/helm/v4'],
  [certManager, 'github.com/cert-manager/cert-manager'],
])('the go.mod of $name asks for the same version and the same Go', ({ module, version, go }, path) => {
  const text = readFileSync(`test/cluster/${module}/go.mod`, 'utf8')

  expect(text).toContain(`${path} ${version}`)
  expect(text).toContain(`go ${go.major}.${go.minor}.0`)
})
