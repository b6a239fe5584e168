import { setTimeout as sleep } from 'node:timers/promises'
import { askDocker, dockerState } from './docker.ts'
import { runCommand } from './run-command.ts'

// Docker first stops the processes in the container.
const removeTimeoutMs = 120_000
// If kind ends while a container is being made, the container appears within this time.
const quietMs = 2_000

/** Returns the ids of the containers of a kind cluster, whatever their state. kind labels each. */
export async function containersOfKind(name: string): Promise<readonly string[]> {
  const all = await askDocker(['ps', '--all', '--quiet', '--filter', `label=io.x-k8s.kind.cluster=${name}`])
  return all.split('\n').filter((id) => id !== '')
}

/**
 * Removes a kind cluster's containers: all of it outside of our folder.
 * @throws Error if Docker does not answer: then it is unknown whether they are gone
 */
export async function removeKindContainers(name: string): Promise<void> {
  const docker = await dockerState()
  if (!docker.answers) throw new Error(`the kind cluster ${name} may still be there: ${docker.reason}`)
  let removed = await removeOnce(name)
  do {
    await sleep(quietMs)
    removed = await removeOnce(name)
  } while (removed > 0)
}

async function removeOnce(name: string): Promise<number> {
  const ids = await containersOfKind(name)
  if (ids.length > 0) await runCommand('docker', ['rm', '--force', '--volumes', ...ids], { timeoutMs: removeTimeoutMs })
  return ids.length
}
