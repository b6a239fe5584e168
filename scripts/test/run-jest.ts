import { spawn, type ChildProcess } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { releaseVariable } from '../../test/cluster/kubernetes-version.ts'
import { clusterDirVariable } from '../../test/fixtures/cluster-dir-variable.ts'
import { openHandles, reportFlags, reportMs, reportSignal } from './open-handles.ts'
import { sharesOf } from './shares.ts'
import { added, readSum, type Sum } from './sum.ts'
import type { Suite } from './suites.ts'
import type { Wanted } from './wanted.ts'

export interface Run {
  /** The folder for all files of the run, clusters included. */
  readonly folder: string
  readonly stop: AbortSignal
}

/** Runs the files of a suite by jest. If the suite is split into shares, several jests run at once. */
export async function runSuite({ suite, files }: Wanted, { folder, stop }: Run): Promise<Sum> {
  const sums = sharesOf(files, suite.shares).map(async (share, index) => {
    const base = join(folder, `${suite.name}-${index + 1}`)
    const outputs = { result: `${base}.json`, report: `${base}.report`, cluster: base }
    const jest = startJest(suite, share, outputs)
    const end = (): void => void jest.kill()
    stop.addEventListener('abort', end)
    const { code, isBeyondTests } = await endOf(jest, suite.name, outputs)
    stop.removeEventListener('abort', end)
    return readSum(outputs.result, code === 0 || isBeyondTests)
  })
  return (await Promise.all(sums)).reduce(added)
}

interface Outputs {
  readonly result: string
  /** The path of Node's report on the handles that keep jest from ending. */
  readonly report: string
  readonly cluster: string
}

function startJest(suite: Suite, files: readonly string[], { result, report, cluster }: Outputs): ChildProcess {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', ...reportFlags(report)]
  // jest writes its JSON to the file and, with --json, also to stdout. Its human report goes to stderr.
  const jest = ['node_modules/jest/bin/jest.js', '--json', '--outputFile', result]
  const which = ['--selectProjects', ...suite.projects, '--runTestsByPath', ...files]
  const args = [...flags, ...jest, ...(suite.needsCluster ? ['--runInBand'] : []), ...which]
  const release = suite.release && { [releaseVariable]: suite.release.name }
  const env = { ...process.env, [clusterDirVariable]: cluster, ...release }
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env })
}

// jest writes its result last of all.
const lingerMs = 30_000

interface End {
  readonly code: number | null
  /**
   * True if jest wrote its result and did not end, though no test kept it. The runner killed it; the tests did not
   * fail.
   */
  readonly isBeyondTests: boolean
}

/** Waits for the end of jest. If jest has written its result and does not end, this kills it. */
function endOf(jest: ChildProcess, name: string, { result, report }: Outputs): Promise<End> {
  let killing: NodeJS.Timeout | undefined
  let isBeyondTests = false
  const lingering = setInterval(() => {
    if (!hasLingered(result)) return
    clearInterval(lingering)
    jest.kill(reportSignal)
    killing = setTimeout(() => {
      const open = openHandles(report)
      isBeyondTests = open === undefined
      console.log(`test: ${name} has its result, but jest did not end and was killed. ${whatKept(open)}`)
      jest.kill('SIGKILL')
    }, reportMs)
  }, 1_000)
  return new Promise((resolve) => {
    jest.on('close', (code, signal) => {
      clearInterval(lingering)
      clearTimeout(killing)
      if (signal !== null && !isBeyondTests) console.log(`test: FAILED ${name}: jest ended by ${signal}`)
      resolve({ code, isBeyondTests })
    })
  })
}

/**
 * Says why jest did not end. A handle that a test left open is a failure. After the event loop has ended, only Node
 * itself can keep jest (test/faults/proxy.ts).
 */
function whatKept(open: string | undefined): string {
  return open === undefined ? 'Its event loop has ended, and Node spins at the exit.' : `A test left open: ${open}`
}

function hasLingered(outputFile: string): boolean {
  const writtenAt = statSync(outputFile, { throwIfNoEntry: false })?.mtimeMs
  return writtenAt !== undefined && Date.now() - writtenAt > lingerMs
}
