import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export interface Mount {
  readonly point: string
  readonly type: string
}

/** Reads the mounts from the kernel's own list (`/proc/PID/mountinfo`, proc(5)). */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ')
      return { point: unescapePath(before.split(' ')[4] ?? ''), type: after.split(' ')[0] ?? '' }
    })
}

/** Returns the mounts that this process sees, or none if the system has no such list (macOS). */
export function currentMounts(): Mount[] {
  if (!existsSync('/proc/self/mountinfo')) return []
  return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
}

/** Returns the mount points at or below a folder, the deepest first: they can be unmounted in this order. */
export function mountsBelow(mounts: readonly Mount[], dir: string): string[] {
  const below = mounts.map(({ point }) => point).filter((point) => point === dir || point.startsWith(`${dir}/`))
  // A later mount lies on top of an earlier one at the same point.
  return below.reverse().sort((a, b) => b.length - a.length)
}

/**
 * Unmounts everything that is mounted below a folder. The node mounts in a namespace of its own, so there is mostly
 * nothing.
 */
export function unmountBelow(dir: string): void {
  for (const point of mountsBelow(currentMounts(), dir)) {
    const result = spawnSync('umount', [point], { encoding: 'utf8' })
    if (result.status !== 0) throw new Error(`cannot unmount ${point}: ${result.stderr.trim()}`)
  }
}

/** Decodes a path: the kernel writes blank, tab, newline and backslash as three octal digits. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
