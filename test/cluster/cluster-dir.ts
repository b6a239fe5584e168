import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { unmountBelow } from './mounts.ts'

const marker = '.sallyport-cluster'
// 32 bits: enough to tell the clusters of one machine apart, short enough for a link's name (15 characters at most).
const idLength = 8

/** A short name for the cluster in `dir`, for what lives outside of it: link, control groups, node, kind cluster. */
export function clusterId(dir: string): string {
  return createHash('sha256').update(dir).digest('hex').slice(0, idLength)
}

/** What is expensive to make and shared by all clusters of this user. */
export function userCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sallyport')
}

/** Whether `up` made this folder. */
export function isClusterDir(dir: string): boolean {
  return existsSync(join(dir, marker))
}

/** The folders in this one, and in the folders of it, that `up` made. */
export function clusterDirsIn(folder: string): readonly string[] {
  return globSync([`*/${marker}`, `*/*/${marker}`], { cwd: folder }).map((path) => join(folder, dirname(path)))
}

/**
 * Refuses a path that is too long for the sockets below it. The kernel allows 107 bytes; the longest of ours, the
 * kubelet's `/kubelet/device-plugins/kubelet.sock` and what libraries append to such names, take up to 40.
 */
export function checkLength(dir: string): void {
  const longest = 107 - 40
  const length = Buffer.byteLength(dir)
  if (length > longest) throw new Error(`${dir} is too long for sockets (${length} bytes, at most ${longest})`)
}

/** Makes D for this process, and refuses a folder that holds anything already. */
export function claimDir(dir: string): void {
  mkdirSync(dir, { recursive: true })
  if (readdirSync(dir).length > 0) throw new Error(`${dir} is not empty: give another folder with --dir`)
  const claim = JSON.stringify({ pid: process.pid, started: startTime(process.pid) })
  // Of two that try at once one finds the file there already, and fails before it starts anything.
  writeFileSync(join(dir, marker), claim, { flag: 'wx' })
  mkdirSync(join(dir, 'log'), { recursive: true })
}

/** Says that D is no longer being worked on, also if this process lives on. */
export function releaseDir(dir: string): void {
  writeFileSync(join(dir, marker), '{}')
}

/** The process of the `up` that made D, if it still runs. */
export function claimant(dir: string): number | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(dir, marker), 'utf8'))
    if (typeof parsed !== 'object' || parsed === null || !('pid' in parsed) || !('started' in parsed)) return undefined
    const { pid, started } = parsed
    return typeof pid === 'number' && startTime(pid) === started ? pid : undefined
  } catch {
    return undefined // killed while it wrote: nobody's any more
  }
}

/** Removes D, and what is mounted below it first: else removing would reach through the mount. */
export function removeDir(dir: string): void {
  if (!isClusterDir(dir)) throw new Error(`${dir} holds no cluster of ours: not removed`)
  unmountBelow(dir)
  // The marker goes last: a removal that is cut off half-way can be taken up again.
  for (const name of readdirSync(dir)) if (name !== marker) rmSync(join(dir, name), { recursive: true, force: true })
  rmSync(dir, { recursive: true })
}

/** When the process started, in the kernel's own count where it tells: with it a re-used process id is not taken for the first. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold spaces and brackets; after it come the fields from the third on, and this is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3]
  } catch {
    // macOS has no /proc. In seconds: an id is not used again within one.
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return status === 0 ? stdout.trim() : undefined
  }
}
