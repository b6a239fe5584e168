// npm test [-- SUITE ...]: the checks and every suite, and as the last line the sum over all.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clusterDirVariable } from '../test/fixtures/cluster-dir-variable.ts'
import { down } from '../test/cluster/cluster.ts'
import { onInterrupt } from '../test/cluster/interrupt.ts'
import { checks, runCheck } from './checks.ts'
import { openHandles, reportFlags, reportMs, reportSignal } from './open-handles.ts'
import { sharesOf } from './shares.ts'

interface Sum {
  passed: number
  failed: number
  skipped: number
}

/** In the order in which they run, some side by side: what is fast and likely to fail comes first. */
const stages = [['checks'], ['unit'], ['process', 'harness'], ['api-server'], ['e2e']] as const
const suites = stages.flat()
// These start clusters, or ask one, and two cores are soon busy.
const oneAtATime: readonly string[] = ['harness', 'api-server', 'e2e']

const checksAtOnce = 2

// Most of their time the e2e tests wait, and a gate wants a cluster for itself: two clusters side by side. One that was
// given is there once.
const shareCount = (suite: string): number =>
  suite === 'e2e' && process.env['SALLYPORT_KUBECONFIG'] === undefined ? 2 : 1

async function runChecks(): Promise<Sum> {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  const left = [...checks]
  const runSome = async (): Promise<void> => {
    for (let check = left.shift(); check; check = left.shift()) {
      const { ok, output } = await runCheck(check.command)
      console.log(`test: ${ok ? 'ok    ' : 'FAILED'} ${check.title}`)
      if (!ok) console.log(output)
      sum[ok ? 'passed' : 'failed']++
    }
  }
  await Promise.all(Array.from({ length: checksAtOnce }, runSome))
  return sum
}

/** Of several shares each has a cluster of its own. */
async function runSuite(suite: string, folder: string): Promise<Sum> {
  const count = shareCount(suite)
  const shares = count > 1 ? sharesOf(suite, count) : [[]]
  const sums = shares.map((files, index) => runJest(suite, folder, { number: index + 1, files }))
  return (await Promise.all(sums)).reduce(added)
}

function added(one: Sum, other: Sum): Sum {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  }
}

interface Share {
  /** From 1 on. */
  readonly number: number
  /** None: all of the suite. */
  readonly files: readonly string[]
}

async function runJest(suite: string, folder: string, { number, files }: Share): Promise<Sum> {
  const outputFile = join(folder, `${suite}-${number}.json`)
  const report = `${outputFile}.report`
  let killing: NodeJS.Timeout | undefined
  let isBeyondTests = false
  const code = await new Promise<number | null>((resolve) => {
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', ...reportFlags(report)]
    const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', suite, '--json', '--outputFile', outputFile]
    // jest's JSON goes to the file and, with --json, to stdout too; its report goes to stderr.
    const inBand = oneAtATime.includes(suite) ? ['--runInBand'] : []
    const args = [...flags, ...jest, ...inBand, ...(files.length > 0 ? ['--runTestsByPath', ...files] : [])]
    const env = { ...process.env, [clusterDirVariable]: clusterOf(number) }
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
    const lingering = setInterval(() => {
      if (!hasLingered(outputFile)) return
      clearInterval(lingering)
      child.kill(reportSignal)
      killing = setTimeout(() => {
        const open = openHandles(report)
        isBeyondTests = open === undefined
        console.log(`test: ${suite} has its result, but jest does not end: killed. ${whatKept(open)}`)
        child.kill('SIGKILL')
      }, reportMs)
    }, 1_000)
    child.on('close', (exitCode: number | null) => {
      clearInterval(lingering)
      clearTimeout(killing)
      resolve(exitCode)
    })
  })
  return readSum(outputFile, code === 0 || isBeyondTests)
}

// It writes its result last of all.
const lingerMs = 30_000

/** What a test left open is a failure. Once the event loop has ended nothing of a test can keep it: that is Node's own (test/faults/proxy.ts). */
function whatKept(open: string | undefined): string {
  return open === undefined ? 'Its event loop has ended, and Node spins at the exit.' : `A test left open: ${open}`
}

function hasLingered(outputFile: string): boolean {
  const writtenAt = statSync(outputFile, { throwIfNoEntry: false })?.mtimeMs
  return writtenAt !== undefined && Date.now() - writtenAt > lingerMs
}

/** A suite that could not even be loaded counts as one failure, and so does a run that left no result. */
function readSum(outputFile: string, ok: boolean): Sum {
  try {
    const result = JSON.parse(readFileSync(outputFile, 'utf8')) as Record<string, number>
    const count = (name: string): number => result[name] ?? 0
    const failed = count('numFailedTests') + count('numRuntimeErrorTestSuites')
    return {
      passed: count('numPassedTests'),
      failed: ok ? failed : Math.max(failed, 1),
      skipped: count('numPendingTests') + count('numTodoTests'),
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !suites.some((suite) => suite === name))
if (unknown.length > 0) {
  console.error(`test: there is no suite ${unknown.join(', ')}; there are ${suites.join(', ')}`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
// The set-up of the suites makes the clusters here. Whatever becomes of them, they are taken down below.
const clusterOf = (share: number): string => join(folder, `cluster-${share}`)
// Gates are started by the hundred, and a third of the time they compile.
process.env['NODE_COMPILE_CACHE'] ??= join(folder, 'compiled')
// Ctrl-C ends jest, which is in our process group; we stay to clean up.
onInterrupt(() => {
  process.exitCode = 130
})

let total: Sum = { passed: 0, failed: 0, skipped: 0 }
for (const stage of stages) {
  const wanted = stage.filter((suite) => asked.length === 0 || asked.includes(suite))
  if (wanted.length === 0) continue
  if (process.exitCode === 130) break
  console.log(`test: ${wanted.join(' and ')} ...`)
  const sums = wanted.map((suite) => (suite === 'checks' ? runChecks() : runSuite(suite, folder)))
  total = (await Promise.all(sums)).reduce(added, total)
}
for (const share of [1, 2]) await down(clusterOf(share), () => undefined)
rmSync(folder, { recursive: true, force: true })

if (total.failed > 0) process.exitCode ??= 1
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
