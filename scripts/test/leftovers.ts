import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { clusterDirsIn } from '../../test/cluster/cluster-dir.ts'
import { hierarchies } from '../../test/cluster/control-groups.ts'
import { controlGroupOf } from '../../test/cluster/kubelet.ts'
import { currentMounts, mountsBelow, unmountBelow } from '../../test/cluster/mounts.ts'
import { hostLinkName } from '../../test/cluster/network.ts'
import { killAll } from '../../test/cluster/owned-processes.ts'
import { tearDown } from '../../test/cluster/tear-down.ts'
import { straysOf } from './strays.ts'

// What was told to end has ended by then, on a loaded machine, too.
const graceMs = 10_000
const pollMs = 100

/**
 * Removes a run's folder and what the run left on this machine besides, and says what that was, one line each. It goes by the
 * folder, so that nothing of another run beside it is touched. What could not be removed keeps the folder.
 */
export async function removeLeftovers(folder: string): Promise<readonly string[]> {
  await someTime(() => straysOf(folder).length === 0)
  const strays = straysOf(folder)
  const dirs = new Set([...clusterDirsIn(folder), ...strays.flatMap(({ clusterDir }) => clusterDir ?? [])])
  const namespaces = new Set(strays.flatMap(({ networkNamespace }) => networkNamespace ?? []))
  const found = [
    ...strays.map(({ pid, command }) => `process ${pid}: ${command}`),
    ...[...namespaces].map((name) => `network namespace ${name}`),
    ...[...dirs].flatMap(clusterLines),
    ...mountsBelow(currentMounts(), folder).map((point) => `mount ${point}`),
  ]
  // All of them before anything else: some could start others.
  await killAll('what a test started', () => straysOf(folder).map(({ pid }) => pid))
  const failures = []
  for (const dir of dirs) failures.push(...(await failuresOf(() => removeCluster(dir))))
  failures.push(
    ...(await failuresOf(() => {
      unmountBelow(folder)
    })),
  )
  if (failures.length === 0) rmSync(folder, { recursive: true, force: true })
  return [...found, ...failures]
}

async function removeCluster(dir: string): Promise<void> {
  // Where the folder is gone already the rest is found by its name.
  mkdirSync(dir, { recursive: true })
  try {
    await tearDown(dir)
  } catch (error) {
    throw new Error(`${String(error)}; once that is mended: npm run cluster -- down --dir ${dir}`, { cause: error })
  }
}

/** The others are still to be removed. */
async function failuresOf(act: () => unknown): Promise<readonly string[]> {
  try {
    await act()
    return []
  } catch (error) {
    return [`and this could not be removed: ${error instanceof Error ? error.message : String(error)}`]
  }
}

function clusterLines(dir: string): readonly string[] {
  const link = hostLinkName(dir)
  const groups = hierarchies().map((hierarchy) => join(hierarchy, controlGroupOf(dir)))
  return [
    `cluster ${dir}`,
    ...(existsSync(`/sys/class/net/${link}`) ? [`network link ${link}`] : []),
    ...groups.filter((group) => existsSync(group)).map((group) => `control group ${group}`),
  ]
}

async function someTime(isOver: () => boolean): Promise<void> {
  const end = Date.now() + graceMs
  while (!isOver() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, pollMs))
}
