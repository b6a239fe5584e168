import { mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { down } from '../cluster/cluster.ts'
import { onPath } from '../cluster/node-tools.ts'
import { straysOf, type Stray } from '../../scripts/test/strays.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'
import { footprint } from './footprint.ts'
import { itLocally } from './node-suite.ts'
import { startUp } from './up-process.ts'

const parent = temporaryFolder()
const locally = onPath('go') === undefined ? test.skip : await itLocally()
// Go ends the package that it has begun. A large one takes half a minute, and longer on a loaded machine.
const endsWithinMs = 100_000

locally('up killed while it compiles leaves no compiler, and nothing that is in the way of the next', async () => {
  const cache = mkdtempSync(join(parent, 'cache-'))
  const dir = join(parent, 'd')
  const before = footprint(dir)
  const compilers = (): readonly Stray[] =>
    straysOf(cache).filter(({ command }) => /^(nice )?(\S*\/)?go /.test(command))
  const up = startUp(dir, { XDG_CACHE_HOME: cache, SALLYPORT_KUBE_CACHE: '' })
  await up.waitFor('the compiler', () => compilers().length > 0)

  await up.end('SIGKILL')

  await until(
    'the compiler has ended',
    () => straysOf(cache).every(({ clusterDir }) => clusterDir === dir),
    endsWithinMs,
  )
  await down(dir, () => undefined)
  expect(straysOf(cache)).toEqual([])
  expect(footprint(dir)).toEqual(before)
  expect(readdirSync(join(cache, 'sallyport')).filter((name) => name.includes('new'))).toEqual([])
})
