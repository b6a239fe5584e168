import { accessSync, constants } from 'node:fs'
import { hierarchies } from './control-groups.ts'
import { CommandFailed, runCommand } from './run-command.ts'

/** Returns the reason why no one can run a node on this machine, whatever is installed. Undefined if a node can run. */
export async function nodeObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `a node needs Linux, this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'a node needs root'
  return controlGroupObstacle() ?? (await namespaceObstacle())
}

/** Returns the obstacle, if control groups cannot be made: in most containers they can only be seen. */
function controlGroupObstacle(): string | undefined {
  const all = hierarchies()
  if (all.length === 0) return 'a node needs control groups, none are mounted at /sys/fs/cgroup'
  const closed = all.find((hierarchy) => !isWritable(hierarchy))
  return closed === undefined ? undefined : `a node needs to make control groups, and ${closed} is read-only`
}

/**
 * Returns the obstacle, if namespaces cannot be made: root in a container seldom may. It is tried in namespaces that
 * end with the trial.
 */
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
