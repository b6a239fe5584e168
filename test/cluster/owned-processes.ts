import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { waitUntil } from './wait-until.ts'

/**
 * The variable that marks the processes of a cluster. Every process is started with it, set to the cluster's folder,
 * and its children inherit it. The kernel keeps it, so it is right even after a crash that came before any note was
 * written. A re-used process id is never taken for one of ours.
 */
export const ownerVariable = 'SALLYPORT_CLUSTER_OWNER'

// A killed process is gone within milliseconds, unless the kernel still writes for it.
const killDeadlineMs = 15_000

/** Returns the ids of the processes that belong to the cluster in `dir`. */
export function ownedProcesses(dir: string): number[] {
  const mark = `${ownerVariable}=${dir}`
  return allProcesses().filter((pid) => environment(pid).includes(mark))
}

/**
 * Returns the ids of all processes of this machine. On macOS it returns none: there the processes of a cluster are in
 * Docker.
 */
export function allProcesses(): number[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

/**
 * Ends all processes of the cluster at once, by SIGKILL and in no order. Nothing that they would save is needed after
 * `down`, and an API server without etcd does not end on SIGTERM. The node's processes and containers live in a process
 * namespace. Its first process is among the killed, and the kernel ends the rest before that one is gone.
 */
export function killOwnedProcesses(dir: string): Promise<number> {
  return killAll(`the processes of ${dir}`, () => ownedProcesses(dir))
}

/** Kills the processes that `find` returns, until it returns none. Returns how many it found first. */
export async function killAll(what: string, find: () => readonly number[]): Promise<number> {
  const found = find()
  await waitUntil({ what: `the end of ${what}`, deadlineMs: killDeadlineMs }, () => {
    const left = find()
    left.forEach(killQuietly)
    return left.length === 0
  })
  return found.length
}

/**
 * Returns the environment a process was started with, as `NAME=value`. Empty if it has ended or belongs to another
 * user.
 */
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
    // It ended between the look and the signal, as wished.
  }
}
