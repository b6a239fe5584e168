import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { run } from '../fixtures/run.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const folder = temporaryFolder()

/** Runs the plugin for a user with this home. Returns the folder in which it keeps what Node compiled. */
async function cacheAt(home: string): Promise<string> {
  const { NODE_COMPILE_CACHE, XDG_CACHE_HOME, ...others } = process.env
  const env = { ...others, HOME: home }
  expect(await run(process.execPath, ['src/cli/main.ts', 'version', '--client'], '', env)).toMatchObject({ code: 0 })
  return join(home, '.cache', 'kubectl-access')
}

test('what Node compiled is kept in a folder that only the user may enter', async () => {
  const home = join(folder, 'home')
  mkdirSync(home)
  const cache = await cacheAt(home)

  expect(statSync(cache).mode & 0o777).toBe(0o700)
  expect(readdirSync(cache)).not.toHaveLength(0)
})

test('a folder that others may write to is left alone', async () => {
  const home = join(folder, 'shared')
  mkdirSync(join(home, '.cache', 'kubectl-access'), { recursive: true })
  chmodSync(join(home, '.cache', 'kubectl-access'), 0o777)

  expect(readdirSync(await cacheAt(home))).toHaveLength(0)
})

test('a home that is not there is not made', async () => {
  const home = join(folder, 'none')

  await cacheAt(home)

  expect(existsSync(home)).toBe(false)
})

test('a home that cannot be is no fault', async () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')

  await cacheAt(join(file, 'home'))
})
