import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

export interface Mount {
  readonly point: string
  readonly type: string
}

/** The mounts in the kernel's own list (`/proc/PID/mountinfo`, proc(5)). */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ')
      return { point: unescapePath(before.split(' ')[4] ?? ''), type: after.split(' ')[0] ?? '' }
    })
}

/** What this process sees mounted; nothing where the system has no such list (macOS). */
export function currentMounts(): Mount[] {
  if (!existsSync('/proc/self/mountinfo')) return []
  return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
}

/** The mount points at or below a folder, the deepest first: the order in which they can be unmounted. */
export function mountsBelow(mounts: readonly Mount[], dir: string): string[] {
  const below = mounts.map(({ point }) => point).filter((point) => point === dir || point.startsWith(`${dir}/`))
  // Later mounts lie on top of earlier ones at the same point.
  return below.reverse().sort((a, b) => b.length - a.length)
}

/** Unmounts all that is mounted below a folder. The node mounts in a namespace of its own, so mostly there is nothing. */
export function unmountBelow(dir: string): void {
  for (const point of mountsBelow(currentMounts(), dir)) {
    const result = spawnSync('umount', [point], { encoding: 'utf8' })
    if (result.status !== 0) throw new Error(`cannot unmount ${point}: ${result.stderr.trim()}`)
  }
}

/** The kernel writes blank, tab, newline and backslash of a path as three octal digits. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
