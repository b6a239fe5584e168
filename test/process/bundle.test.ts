import { fork } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { request } from 'undici'
import { makeAppFiles } from '../../scripts/image/app-files.ts'
import { startGateProcess } from '../fixtures/gate-process.ts'
import { run } from '../fixtures/run.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const parent = temporaryFolder()
const made = join(parent, 'made')
// The folder has only the bundle. Neither it nor a folder above it has node_modules.
const folder = join(parent, 'app')
const program = join(folder, 'sallyport.mjs')

beforeAll(async () => {
  await makeAppFiles(made)
  mkdirSync(folder)
  cpSync(join(made, 'sallyport.mjs'), program)
})

/** Runs the bundle, which may read only the parent folder. Returns its exit code and the error that it logs. */
async function refusal(...args: readonly string[]): Promise<{ readonly code: number | null; readonly why: string }> {
  const { code, stdout } = await run(process.execPath, [
    '--permission',
    `--allow-fs-read=${parent}/*`,
    program,
    ...args,
  ])
  const { err } = JSON.parse(stdout) as { readonly err: { readonly message: string } }
  return { code, why: err.message }
}

test('without --config it says how it is called', async () => {
  const { code, why } = await refusal()

  expect(code).toBe(1)
  expect(why).toBe(`Usage: ${process.execPath} ${program} --config FILE [--kubeconfig FILE]`)
})

test('a wrong config is refused with a sentence', async () => {
  const config = join(parent, 'wrong.yaml')
  writeFileSync(config, 'apiVersion: config.sallyport.dev/v1alpha1\nkind: SallyportConfig\nenforcement: Perhaps\n')

  const { code, why } = await refusal('--config', config)

  expect(code).toBe(1)
  expect(why).toContain(config)
  expect(why).toContain('enforcement')
})

test('it serves, with its controller in a thread of the same file', async () => {
  await using gate = await startGateProcess({ drainDelay: '1s' }, { program })

  await until('the controller has counted', async () => {
    const metrics = await (await request(`${gate.healthUrl}/metrics`)).body.text()
    return metrics.includes('{thread="controller"}')
  })

  gate.signal('SIGTERM')
  expect(await gate.ended).toBe(0)
})

test('it is the process for expressions too, within the limits of that process', async () => {
  const execArgv = ['--max-old-space-size=32', '--permission', '--allow-fs-read=*']
  const child = fork(program, ['expressions'], { env: {}, execArgv })
  try {
    expect(await once(child, 'message')).toEqual(['ready', undefined])

    child.send({ source: 'request.duration <' })
    const [reply] = (await once(child, 'message')) as [{ readonly problem: string }]

    expect(reply.problem).toEqual(expect.any(String))
  } finally {
    child.kill('SIGKILL')
  }
})

test('the same checkout makes the same bytes', async () => {
  const again = join(parent, 'again')
  await makeAppFiles(again)

  for (const name of ['sallyport.mjs', 'sbom.cdx.json', 'THIRD-PARTY-LICENSES']) {
    expect(readFileSync(join(again, name)).equals(readFileSync(join(made, name)))).toBe(true)
  }
})
