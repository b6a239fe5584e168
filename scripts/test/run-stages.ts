import { prepareCluster } from '../../test/cluster/prepare-cluster.ts'
import { runChecks } from './run-checks.ts'
import { runSuite } from './run-jest.ts'
import type { Suite } from './suites.ts'
import { added, nothing, oneFailed, type Sum } from './sum.ts'
import type { Wanted } from './wanted.ts'

/**
 * Runs one stage after the other, and the suites of one stage side by side, until all are done or somebody interrupts.
 */
export async function runStages(
  stages: readonly (readonly Wanted[])[],
  folder: string,
  stop: AbortSignal,
): Promise<Sum> {
  let total = nothing
  for (const wanted of stages) {
    if (stop.aborted) break
    const stage = wanted.filter(isAble)
    if (stage.length === 0) continue
    console.log(`test: ${stage.map(({ suite }) => suite.name).join(' and ')} ...`)
    // One is prepared after the other. The suites without a cluster do not wait for that.
    let prepared = Promise.resolve(true)
    const sums = stage.map(async (one) => {
      if (one.suite.projects.length === 0) return runChecks()
      if (one.suite.needsCluster) {
        prepared = prepared.then(() => isPrepared(one.suite, stop))
        if (!(await prepared)) return oneFailed
      }
      return runSuite(one, { folder, stop })
    })
    total = (await Promise.all(sums)).reduce(added, total)
  }
  return total
}

/** Returns true if the suite can run here. If it cannot, this says why. */
function isAble({ suite: { name, unable } }: Wanted): boolean {
  if (unable !== undefined) console.log(`test: ${name} is left out: ${unable}`)
  return unable === undefined
}

/**
 * Does work that takes minutes, for example a compilation, before the suite that needs it begins. Returns false if that
 * failed: the other suites still run.
 */
async function isPrepared({ name, release, tools = [] }: Suite, signal: AbortSignal): Promise<boolean> {
  const log = (line: string): void => {
    console.log(`test: ${line}`)
  }
  try {
    await prepareCluster({ log, signal }, release)
    for (const find of tools) {
      const found = await find({ log, signal })
      if ('missing' in found) log(`the tests that need it are skipped: ${found.missing}`)
    }
    return true
  } catch (error) {
    log(`FAILED ${name}: no cluster can be started: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}
