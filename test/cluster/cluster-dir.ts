import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { unmountBelow } from './mounts.ts'

const marker = '.sallyport-cluster'
// 32 bits: enough to tell apart the clusters of one machine, and short enough for a link's name (at most 15
// characters).
const idLength = 8

/**
 * Returns a short name for the cluster in `dir`. It names things outside of the folder: link, control groups, node,
 * kind cluster.
 */
export function clusterId(dir: string): string {
  return createHash('sha256').update(dir).digest('hex').slice(0, idLength)
}

/** Returns the folder for files that are expensive to make. All clusters of this user share it. */
export function userCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sallyport')
}

/** True if `up` made this folder. */
export function isClusterDir(dir: string): boolean {
  return existsSync(join(dir, marker))
}

/** Returns the folders that `up` made, directly in this folder or one level deeper. */
export function clusterDirsIn(folder: string): readonly string[] {
  return globSync([`*/${marker}`, `*/*/${marker}`], { cwd: folder }).map((path) => join(folder, dirname(path)))
}

/**
 * Refuses a path that is too long for the sockets below it. The kernel allows 107 bytes. The longest of ours is the
 * kubelet's `/kubelet/device-plugins/kubelet.sock`; with the names that libraries append, it takes up to 40.
 */
export function checkLength(dir: string): void {
  const longest = 107 - 40
  const length = Buffer.byteLength(dir)
  if (length > longest) throw new Error(`${dir} is too long for sockets (${length} bytes, at most ${longest})`)
}

/** Makes D for this process, and refuses a folder that is not empty. */
export function claimDir(dir: string): void {
  mkdirSync(dir, { recursive: true })
  if (readdirSync(dir).length > 0) throw new Error(`${dir} is not empty: give another folder with --dir`)
  const claim = JSON.stringify({ pid: process.pid, started: startTime(process.pid) })
  // If two processes try at once, one finds the file there already, and fails before it starts anything.
  writeFileSync(join(dir, marker), claim, { flag: 'wx' })
  mkdirSync(join(dir, 'log'), { recursive: true })
}

/** Marks D as no longer being worked on, even if this process lives on. */
export function releaseDir(dir: string): void {
  writeFileSync(join(dir, marker), '{}')
}

/** Returns the process of the `up` that made D, if it still runs. */
export function claimant(dir: string): number | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(dir, marker), 'utf8'))
    if (typeof parsed !== 'object' || parsed === null || !('pid' in parsed) || !('started' in parsed)) return undefined
    const { pid, started } = parsed
    return typeof pid === 'number' && startTime(pid) === started ? pid : undefined
  } catch {
    return undefined // It was killed while it wrote: nobody claims the folder any more.
  }
}

/** Removes D. It unmounts everything below D first, because removing would otherwise reach through a mount. */
export function removeDir(dir: string): void {
  if (!isClusterDir(dir)) throw new Error(`${dir} holds no cluster of ours: not removed`)
  unmountBelow(dir)
  // The marker goes last, so that an interrupted removal can be continued.
  for (const name of readdirSync(dir)) if (name !== marker) rmSync(join(dir, name), { recursive: true, force: true })
  rmSync(dir, { recursive: true })
}

/**
 * Returns when the process started, if possible in the kernel's own count. So a re-used process id is not taken for the
 * first.
 */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold spaces and brackets. The third field and all later ones follow it; this is the 22nd.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[22 - 3]
  } catch {
    // macOS has no /proc. The time is in seconds: no id is used again within one second.
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
    return status === 0 ? stdout.trim() : undefined
  }
}
