import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, it, jest } from '@jest/globals'
import { claimDir, clusterId, releaseDir } from '../cluster/cluster-dir.ts'
import { status, up } from '../cluster/cluster.ts'
import { containersOfKind } from '../cluster/kind-containers.ts'
import { whoMakesIt } from '../cluster/who-makes-it.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { startUp } from './up-process.ts'

jest.setTimeout(300_000) // kind takes half a minute, and far longer on a loaded machine.

const script = fileURLToPath(new URL('../../scripts/cluster.ts', import.meta.url))
const { provider, because } = await whoMakesIt(process.env['SALLYPORT_KUBECONFIG'], true)
const withKind = provider === 'kind' ? it : it.skip
const parent = temporaryFolder()
let dir: string

beforeEach(() => {
  dir = join(mkdtempSync(join(parent, 'd-')), 'cluster')
})

async function runDown(path: string): Promise<{ code: number | null; stderr: string }> {
  const env = { ...process.env, PATH: path }
  const child = spawn(process.execPath, [script, 'down', '--dir', dir], { stdio: ['ignore', 'ignore', 'pipe'], env })
  const [stderr, ended] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number | null]>])
  return { code: ended[0], stderr }
}

it('down fails where Docker does not answer, and keeps the folder that leads to the cluster', async () => {
  claimDir(dir)
  writeFileSync(join(dir, 'kind'), '')
  releaseDir(dir)

  const { code, stderr } = await runDown(parent)

  expect(code).toBe(1)
  expect(stderr).toContain(`the kind cluster sallyport-${clusterId(dir)} may still be there: docker is not on PATH`)
  expect(existsSync(dir)).toBe(true)
  // The folder holds only the note.
  rmSync(dir, { recursive: true })
})

describe(`a cluster by kind (${because})`, () => {
  withKind.each([
    ['while its container is being made', (said: string) => said.includes('• Preparing nodes')],
    ['once its container is there', (said: string) => said.includes('✓ Preparing nodes')],
  ])('interrupted %s leaves nothing', async (_when, isThen) => {
    const process = startUp(dir)
    await process.waitFor('the moment', () => isThen(process.output()))

    expect(await process.end('SIGINT')).toBe(130)
    expect(await containersOfKind(`sallyport-${clusterId(dir)}`)).toEqual([])
    expect(existsSync(dir)).toBe(false)
  })

  withKind('says who made it, knows where it calls this machine, and goes by down', async () => {
    const said: string[] = []
    const cluster = await up({ dir, node: true, log: (line) => said.push(line) })

    expect(said.join('\n')).toContain('a cluster by kind: Docker')
    expect(said.join('\n')).toContain('kind:')
    expect(cluster.administrator.username).toBe('kubernetes-admin')
    expect(cluster.hostAddress).not.toBe('127.0.0.1')
    expect(await status(dir)).toMatchObject({ state: 'running' })
    expect(await runDown(process.env['PATH'] ?? '')).toEqual({ code: 0, stderr: '' })
    expect(await containersOfKind(`sallyport-${clusterId(dir)}`)).toEqual([])
  })
})
