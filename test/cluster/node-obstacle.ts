import { accessSync, constants } from 'node:fs'
import { hierarchies } from './control-groups.ts'
import { CommandFailed, runCommand } from './run-command.ts'

/** Why this machine lets nobody run a node, whatever is installed; undefined where it does. */
export async function nodeObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `a node needs Linux, this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'a node needs root'
  return controlGroupObstacle() ?? (await namespaceObstacle())
}

/** In most containers control groups can be seen but not made. */
function controlGroupObstacle(): string | undefined {
  const all = hierarchies()
  if (all.length === 0) return 'a node needs control groups, none are mounted at /sys/fs/cgroup'
  const closed = all.find((hierarchy) => !isWritable(hierarchy))
  return closed === undefined ? undefined : `a node needs to make control groups, and ${closed} is read-only`
}

/** Root in a container may seldom do what it takes: tried out, in namespaces that end with the trial. */
async function namespaceObstacle(): Promise<string | undefined> {
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--propagation', 'private']
  try {
    await runCommand('unshare', [...namespaces, 'mount', '-t', 'tmpfs', 'tmpfs', '/run'])
    return undefined
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error
    return `a node needs namespaces and mounts of its own: ${error.message}`
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
