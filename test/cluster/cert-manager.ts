import { findTool } from './find-tool.ts'
import type { GoTool, Missing } from './go-tool.ts'
import { certManagerCrds, findCrds, type Crds } from './module-crds.ts'
import type { Work } from './startup.ts'

/**
 * cert-manager's controllers for certificates and its CA injector, in one program of our own (cert-manager/main.go).
 * cert-manager's webhook is not in it.
 */
export const certManager: GoTool = {
  name: 'cert-manager',
  title: 'cert-manager',
  version: 'v1.21.2',
  sha256: 'ce00dca0efc99fe1c3aa769481a2b5ca5bf4dc57fbb4b883f1feb3f49e4e9718',
  go: { major: 1, minor: 26 },
  module: 'cert-manager',
  program: '.',
  source: 'cert-manager/main.go',
  variables: {},
  minutes: 4,
  otherwise: 'let SALLYPORT_KUBE_CACHE name a folder that has it compiled',
}

export interface CertManager extends Crds {
  readonly path: string
}

/** Finds the program and the CRDs. The CRDs are only in the Go module, so Go must be there in any case. */
export async function findCertManager(work: Work): Promise<CertManager | Missing> {
  const kinds = await findCrds(work, certManagerCrds)
  if ('missing' in kinds) return kinds
  const found = await findTool(work, certManager)
  return 'missing' in found ? found : { ...found, ...kinds }
}
