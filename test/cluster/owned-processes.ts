import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { waitUntil } from './wait-until.ts'

/**
 * Every process of a cluster is started with this variable set to the cluster's folder, and what it starts in its
 * turn inherits it. The kernel keeps it, so it is right also after a crash between a start and any note of it, and
 * no re-used process id can be taken for one of ours.
 */
export const ownerVariable = 'SALLYPORT_CLUSTER_OWNER'

// A killed process is gone within milliseconds unless the kernel still writes for it.
const killDeadlineMs = 15_000

/** The ids of the processes that belong to the cluster in `dir`. */
export function ownedProcesses(dir: string): number[] {
  const mark = `${ownerVariable}=${dir}`
  return allProcesses().filter((pid) => environment(pid).includes(mark))
}

/** The ids of all processes of this machine. macOS lists none: there the processes of a cluster are Docker's. */
export function allProcesses(): number[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/**
 * Ends all processes of the cluster at once. SIGKILL and no order: nothing that they would save outlives `down`, and an
 * API server without etcd does not even end on SIGTERM. The node's processes and containers live in a process namespace
 * whose first process is among the killed: the kernel ends the rest of it before that one is gone.
 */
export function killOwnedProcesses(dir: string): Promise<number> {
  return killAll(`the processes of ${dir}`, () => ownedProcesses(dir))
}

/** Kills what is found, until nothing is found any more; returns how many were found first. */
export async function killAll(what: string, find: () => readonly number[]): Promise<number> {
  const found = find()
  await waitUntil({ what: `the end of ${what}`, deadlineMs: killDeadlineMs }, () => {
    const left = find()
    left.forEach(killQuietly)
    return left.length === 0
  })
  return found.length
}

/** What a process was started with, as `NAME=value`; nothing of one that has ended or is another user's. */
export function environment(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended between the look and the signal: as wished.
  }
}
