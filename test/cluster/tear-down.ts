import { existsSync } from 'node:fs'
import { releaseDir, removeDir } from './cluster-dir.ts'
import { removeControlGroups } from './control-groups.ts'
import { deleteKindCluster } from './kind-cluster.ts'
import { controlGroupOf } from './kubelet.ts'
import { hostLinkName } from './network.ts'
import { killOwnedProcesses } from './owned-processes.ts'
import { waitUntil } from './wait-until.ts'

// The kernel removes a network namespace in the background after its last process has ended.
const linkDeadlineMs = 15_000

/**
 * Removes all that a cluster consists of, whatever state it is in. It needs no notes of what was started. Processes
 * carry the folder's name, and the kernel removes the node's namespaces with them. Link and control group are named
 * after the folder.
 */
export async function tearDown(dir: string): Promise<number> {
  releaseDir(dir)
  const processes = await killOwnedProcesses(dir)
  const link = `/sys/class/net/${hostLinkName(dir)}`
  await waitUntil({ what: `the removal of ${link}`, deadlineMs: linkDeadlineMs }, () => !existsSync(link))
  await removeControlGroups(controlGroupOf(dir))
  await deleteKindCluster(dir)
  removeDir(dir)
  return processes
}
