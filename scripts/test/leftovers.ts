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

// Long enough, also on a loaded machine, for every process that was told to end.
const graceMs = 10_000
const pollMs = 100

/**
 * Removes a run's folder, and all else that the run left on this machine. Returns one line for each thing that was
 * left. It finds them by the folder, so that other runs beside it are not touched. The folder stays if something could
 * not be removed.
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
  // All processes are ended first: some of them could start others.
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
  // If the folder is gone already, tearDown finds the rest by the folder's name.
  mkdirSync(dir, { recursive: true })
  try {
    await tearDown(dir)
  } catch (error) {
    throw new Error(`${String(error)}; fix that, then run: npm run cluster -- down --dir ${dir}`, { cause: error })
  }
}

/** Catches a failure and returns it as text, so that the other things are still removed. */
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
