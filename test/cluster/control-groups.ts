import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { currentMounts } from './mounts.ts'
import { waitUntil } from './wait-until.ts'

// The kernel empties a group a moment after its last process has ended.
const emptyDeadlineMs = 10_000

/**
 * Makes the control group below which the kubelet keeps its pods: in each hierarchy of this machine (v1), or in the one
 * (v2).
 */
export function createControlGroups(name: string): void {
  for (const hierarchy of hierarchies()) mkdirSync(join(hierarchy, name), { recursive: true })
}

/** Removes the control group with all below it. */
export async function removeControlGroups(name: string): Promise<void> {
  const groups = hierarchies()
    .map((hierarchy) => join(hierarchy, name))
    .filter(existsSync)
  await waitUntil({ what: `the removal of control groups ${name}`, deadlineMs: emptyDeadlineMs }, () =>
    groups.map(removeTree).every(Boolean),
  )
}

/** Returns the mount points of control groups: one for each controller (v1), or one for all (v2). */
export function hierarchies(): string[] {
  return currentMounts()
    .filter(({ type, point }) => (type === 'cgroup' || type === 'cgroup2') && point.startsWith('/sys/fs/cgroup'))
    .map(({ point }) => point)
}

/** Removes a group from the bottom up. Its control files cannot be removed, only the folders. */
function removeTree(group: string): boolean {
  if (!existsSync(group)) return true
  const children = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  if (!children.map((child) => removeTree(join(group, child.name))).every(Boolean)) return false
  try {
    rmdirSync(group)
    return true
  } catch {
    return false // The group is busy for a moment longer.
  }
}
