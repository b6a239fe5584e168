// npm run bench [-- FIGURE ...]: measures what Sallyport costs, and in the same run the same work without it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { alwaysDecided } from '../test/bench/always-decided.ts'
import { cliExec } from '../test/bench/cli-exec.ts'
import { cliStart } from '../test/bench/cli-start.ts'
import { delivery } from '../test/bench/delivery.ts'
import { drowningController } from '../test/bench/drowning-controller.ts'
import { execAdmission } from '../test/bench/exec-admission.ts'
import type { Figure } from '../test/bench/figure.ts'
import { finishedRequests } from '../test/bench/finished-requests.ts'
import { grantToExec } from '../test/bench/grant-to-exec.ts'
import { layGround, type Ground } from '../test/bench/ground.ts'
import { idle } from '../test/bench/idle.ts'
import { queuedSink } from '../test/bench/queued-sink.ts'
import { report } from '../test/bench/report.ts'
import { shellEnd } from '../test/bench/shell-end.ts'
import { shellReady } from '../test/bench/shell-ready.ts'
import { storedRequests } from '../test/bench/stored-requests.ts'
import { taskRuns } from '../test/bench/task-runs.ts'
import { templateExec } from '../test/bench/template-exec.ts'
import { twentyAtOnce } from '../test/bench/twenty-at-once.ts'
import { clusterDirVariable } from '../test/fixtures/cluster-dir-variable.ts'
import { down, up } from '../test/cluster/cluster.ts'
import { onInterrupt } from '../test/cluster/interrupt.ts'

/** The figures in the order in which they run. Those that leave the most behind come last. */
const figures: Readonly<Record<string, Figure>> = {
  'always-decided': alwaysDecided,
  'cli-start': cliStart,
  delivery,
  'exec-admission': execAdmission,
  'drowning-controller': drowningController,
  'twenty-at-once': twentyAtOnce,
  'queued-sink': queuedSink,
  'grant-to-exec': grantToExec,
  'template-exec': templateExec,
  'cli-exec': cliExec,
  'shell-ready': shellReady,
  'shell-end': shellEnd,
  'task-runs': taskRuns,
  idle,
  'stored-requests': storedRequests,
  'finished-requests': finishedRequests,
}

const say = (line: string): void => {
  console.error(`bench: ${line}`)
}

async function startCluster(dir: string, cleanup: AsyncDisposableStack): Promise<Ground> {
  cleanup.defer(() => down(dir, say))
  const cluster = await up({ dir, node: true, log: say })
  if (!cluster.node.ready) {
    throw new Error(`the bench needs a node that runs pods, and none can run here: ${cluster.node.reason}`)
  }
  process.env[clusterDirVariable] = dir
  say('laying the ground: namespaces, pods, the gate')
  return layGround(cleanup)
}

async function measure(names: readonly string[], dir: string, cleanup: AsyncDisposableStack): Promise<void> {
  let ground: Ground | undefined
  for (const [name, figure] of Object.entries(figures)) {
    if (names.length > 0 && !names.includes(name)) continue
    say(`${name} ...`)
    const findings =
      figure.needs === 'nothing'
        ? await figure.measure()
        : await figure.measure((ground ??= await startCluster(dir, cleanup)))
    console.log(`${report(name, findings)}\n`)
  }
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in figures))
if (unknown.length > 0) {
  console.error(`bench: there is no figure ${unknown.join(', ')}; there are ${Object.keys(figures).join(', ')}`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
const cleanup = new AsyncDisposableStack()
cleanup.defer(() => {
  rmSync(folder, { recursive: true, force: true })
})
const interrupted = new Promise<never>((_resolve, reject) => {
  onInterrupt(reject)
})
try {
  await Promise.race([measure(asked, join(folder, 'cluster'), cleanup), interrupted])
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
} finally {
  await cleanup.disposeAsync()
}
process.exit()
