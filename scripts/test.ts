// npm test [-- [--night] SUITE ... [PART-OF-A-PATH ...]]: runs the checks and every suite, with --night all variants of
// each test. The last line has the sum over all.
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onInterrupt } from '../test/cluster/interrupt.ts'
import { removeLeftovers } from './test/leftovers.ts'
import { beNight } from './test/night.ts'
import { runStages } from './test/run-stages.ts'
import { added, nothing, oneFailed } from './test/sum.ts'
import { NotWanted, wantedOf } from './test/wanted.ts'

const night = '--night'

async function run(words: readonly string[]): Promise<number> {
  const wanted = wantedOf(words)
  // The suites make all their files in this folder, so that they are found whatever happens to the suites.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sally-run-')))
  process.env['TMPDIR'] = folder
  // The suites start hundreds of gates, which would spend a third of their time compiling.
  process.env['NODE_COMPILE_CACHE'] ??= join(folder, 'compiled')
  // An interrupt ends jest. This process goes on and cleans up.
  const interrupted = new AbortController()
  let exitCode = 0
  onInterrupt((reason) => {
    console.log(`test: ${reason.message}: cleaning up`)
    exitCode = reason.exitCode
    interrupted.abort(reason)
  })
  const sum = await runStages(wanted, folder, interrupted.signal)
  const left = await removeLeftovers(folder)
  if (left.length > 0)
    console.log(
      ['test: FAILED this was left behind. It is removed unless a line says otherwise:', ...left].join('\n  '),
    )
  const total = added(sum, left.length > 0 ? oneFailed : nothing)
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  return exitCode || Math.min(total.failed, 1)
}

try {
  const words = process.argv.slice(2)
  if (words.includes(night)) beNight(process.env)
  process.exitCode = await run(words.filter((word) => word !== night))
} catch (error) {
  if (!(error instanceof NotWanted)) throw error
  console.error(`test: ${error.message}`)
  process.exitCode = 2
}
