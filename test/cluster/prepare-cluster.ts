import { hyperkubeOf } from './hyperkube.ts'
import { kindIsUsable } from './kind-cluster.ts'
import { chosenRelease } from './kubernetes-version.ts'
import { findNodeTools } from './node-tools.ts'
import type { Work } from './startup.ts'

/** Does ahead what may take minutes before a cluster can start, so that no test waits for it. Once done it takes no time. */
export async function prepareCluster(work: Work, release = chosenRelease()): Promise<void> {
  if (process.env['SALLYPORT_KUBECONFIG'] || (await kindIsUsable())) return
  await hyperkubeOf(work, release)
  await findNodeTools(work.log)
}
