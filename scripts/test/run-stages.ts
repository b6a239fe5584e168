import { prepareCluster } from '../../test/cluster/prepare-cluster.ts'
import { runChecks } from './run-checks.ts'
import { runSuite } from './run-jest.ts'
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
    const isReady = await prepare(stage, stop)
    const runnable = stage.filter(({ suite }) => isReady || !suite.needsCluster)
    const sums = runnable.map((one) =>
      one.suite.projects.length === 0 ? runChecks() : runSuite(one, { folder, stop }),
    )
    total = (await Promise.all(sums)).reduce(added, isReady ? total : added(total, oneFailed))
  }
  return total
}

/** Returns true if the suite can run here. If it cannot, this says why. */
function isAble({ suite: { name, unable } }: Wanted): boolean {
  if (unable !== undefined) console.log(`test: ${name} is left out: ${unable}`)
  return unable === undefined
}

/** Does work that takes minutes, for example a compilation, before the suite that needs it begins. */
async function prepare(stage: readonly Wanted[], signal: AbortSignal): Promise<boolean> {
  const onClusters = stage.filter(({ suite }) => suite.needsCluster)
  const log = (line: string): void => {
    console.log(`test: ${line}`)
  }
  try {
    for (const { suite } of onClusters) await prepareCluster({ log, signal }, suite.release)
    for (const find of onClusters.flatMap(({ suite }) => suite.tools ?? [])) {
      const found = await find({ log, signal })
      if ('missing' in found) log(`the tests that need it are skipped: ${found.missing}`)
    }
    return true
  } catch (error) {
    const names = onClusters.map(({ suite }) => suite.name).join(' and ')
    log(`FAILED ${names}: no cluster can be started: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}
