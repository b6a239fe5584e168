import { toolPath } from './find-tool.ts'
import { hyperkubeOf } from './hyperkube.ts'
import { chosenRelease } from './kubernetes-version.ts'
import { findNodeTools } from './node-tools.ts'
import type { Work } from './startup.ts'
import { whoMakesIt } from './who-makes-it.ts'

/**
 * Does the work that may take minutes before a cluster can start, so that no test waits for it. Once done, it takes no
 * time.
 */
export async function prepareCluster(work: Work, release = chosenRelease()): Promise<void> {
  const { provider } = await whoMakesIt(process.env['SALLYPORT_KUBECONFIG'], true)
  if (provider !== 'local') return
  await toolPath(work, hyperkubeOf(release))
  await findNodeTools(work.log)
}
