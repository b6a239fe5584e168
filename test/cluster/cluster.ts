import { existsSync, realpathSync } from 'node:fs'
import { dirname, basename, join, resolve } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { claimant, claimDir, isClusterDir, releaseDir } from './cluster-dir.ts'
import { readRecord, writeRecord, type Cluster, type ClusterRecord, type NewCluster } from './cluster-record.ts'
import { useGivenCluster } from './given-cluster.ts'
import { startKindCluster } from './kind-cluster.ts'
import { kubectlFor } from './kubectl.ts'
import { startLocalCluster } from './local-cluster.ts'
import { onInterrupt } from './interrupt.ts'
import { ownedProcesses } from './owned-processes.ts'
import { whoMakesIt } from './who-makes-it.ts'
import type { Log, Startup } from './startup.ts'
import { tearDown } from './tear-down.ts'
import { tooOld } from './too-old.ts'
import { askAdministrator } from './users.ts'

export type { Cluster, ClusterUser } from './cluster-record.ts'

export interface UpOptions {
  readonly dir: string
  readonly node: boolean
  readonly log: Log
}

export type ClusterStatus =
  | { readonly state: 'absent' }
  | { readonly state: 'starting'; readonly pid: number }
  | { readonly state: 'broken'; readonly reason: string }
  | { readonly state: 'running'; readonly cluster: Cluster; readonly processes: number }

/**
 * Brings a cluster up in `dir` and leaves it running. If one runs there already, it is returned as it is. If one is
 * there that does not run, its remains are removed first. If `up` fails or is interrupted, it leaves nothing behind.
 */
export async function up({ dir: given, node, log }: UpOptions): Promise<Cluster> {
  const dir = canonical(given)
  const before = await status(dir)
  if (before.state === 'running') {
    log(`a cluster runs in ${dir} already`)
    const { cluster } = before
    if (node && !cluster.node.ready)
      log(`it has no node (${cluster.node.reason}): to get one, take the cluster down first`)
    return cluster
  }
  if (before.state === 'starting') throw new Error(`another up (process ${before.pid}) is at work in ${dir}`)
  if (before.state === 'broken') {
    log(`what is in ${dir} does not run (${before.reason}): taking it down first`)
    await tearDown(dir)
  }
  return start(dir, node, log)
}

/**
 * Takes the cluster in `dir` down with all that belongs to it. If there is none, that is logged, and it is not an
 * error.
 */
export async function down(given: string, log: Log): Promise<void> {
  const dir = canonical(given)
  if (!existsSync(dir)) {
    log(`there is no cluster in ${dir}`)
    return
  }
  if (!isClusterDir(dir)) throw new Error(`${dir} holds no cluster of ours: nothing is touched`)
  const starting = claimant(dir)
  if (starting !== undefined) throw new Error(`an up (process ${starting}) is at work in ${dir}: interrupt that one`)
  const processes = await tearDown(dir)
  log(`took down the cluster in ${dir} (${processes} processes)`)
}

/** Returns the state of the cluster in `dir`. */
export async function status(given: string): Promise<ClusterStatus> {
  const dir = canonical(given)
  if (!isClusterDir(dir)) return { state: 'absent' }
  const starting = claimant(dir)
  if (starting !== undefined) return { state: 'starting', pid: starting }
  try {
    const cluster = readCluster(dir)
    await kubectlFor(dir, cluster.kubectl).as('admin', ['get', '--raw', '/readyz', '--request-timeout=10s'])
    return { state: 'running', cluster, processes: ownedProcesses(dir).length }
  } catch (error) {
    return { state: 'broken', reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Returns the cluster that is up in `dir`. Throws if there is none. */
export function readCluster(dir: string): Cluster {
  return readRecord(canonical(dir))
}

async function start(dir: string, node: boolean, log: Log): Promise<Cluster> {
  claimDir(dir)
  const abort = new AbortController()
  const startup: Startup = {
    dir,
    log: withSeconds(log),
    signal: abort.signal,
    abort: (reason) => {
      abort.abort(reason)
    },
  }
  const forget = onInterrupt(startup.abort)
  try {
    const record = await startWhereverPossible(startup, node)
    startup.signal.throwIfAborted()
    const cluster = writeRecord(dir, record)
    releaseDir(dir)
    startup.log('cluster is up')
    return cluster
  } catch (error) {
    await tearDownAfter(startup)
    // This is the first cause: the other steps failed because they were told to end.
    throw startup.signal.aborted ? startup.signal.reason : error
  } finally {
    forget()
  }
}

/**
 * Takes the cluster down after a failure. The user must hear of that first failure, so an error here is only logged.
 */
async function tearDownAfter({ dir, log }: Startup): Promise<void> {
  try {
    await tearDown(dir)
  } catch (error) {
    log(`could not take it down (${String(error)}); fix that, then run: npm run cluster -- down --dir ${dir}`)
  }
}

async function startWhereverPossible(startup: Startup, node: boolean): Promise<ClusterRecord> {
  const started = await startBy(startup, node)
  const kubectl = kubectlFor(startup.dir, started.kubectl, startup.signal)
  const { gitVersion } = Value.Parse(version, JSON.parse(await kubectl.as('admin', ['get', '--raw', '/version'])))
  const problem = tooOld(gitVersion)
  if (problem !== undefined) throw new Error(problem)
  return { ...started, version: gitVersion, administrator: await askAdministrator(kubectl) }
}

const version = Type.Object({ gitVersion: Type.String() })

async function startBy(startup: Startup, node: boolean): Promise<NewCluster> {
  const kubeconfig = process.env['SALLYPORT_KUBECONFIG']
  const given = kubeconfig ? resolve(kubeconfig) : undefined
  const { provider, because } = await whoMakesIt(given, node)
  startup.log(because)
  switch (provider) {
    case 'given':
      return useGivenCluster(startup, given ?? '')
    case 'kind':
      return startKindCluster(startup)
    case 'local':
      return startLocalCluster(startup, node)
  }
}

/** Returns one name for one folder: processes are found by this name. */
function canonical(dir: string): string {
  const absolute = resolve(dir)
  if (existsSync(absolute)) return realpathSync(absolute)
  const parent = dirname(absolute)
  return parent === absolute ? absolute : join(canonical(parent), basename(absolute))
}

function withSeconds(log: Log): Log {
  const start = performance.now()
  return (line) => {
    log(`${((performance.now() - start) / 1000).toFixed(1).padStart(5)} s  ${line}`)
  }
}
