import { findTool } from './find-tool.ts'
import type { Found, GoTool } from './go-tool.ts'
import type { Work } from './startup.ts'

const version = 'v4.3.2'

/** Helm's own program. */
export const helm: GoTool = {
  name: 'helm',
  title: 'Helm',
  version,
  sha256: '1f8c8467ea5e37c34fb4f6300f7530cb67cd64d1adf119728d2b8dc6e7f62bc4',
  go: { major: 1, minor: 26 },
  module: 'helm',
  program: 'helm.sh/helm/v4/cmd/helm',
  variables: { 'helm.sh/helm/v4/internal/version.version': version },
  minutes: 4,
  otherwise: 'Helm 4',
  installed: { program: 'helm', ask: ['version', '--template', '{{.Version}}'], accepts: /^v4\./ },
}

/** Finds Helm, or says why this machine cannot have it. */
export function findHelm(work: Work): Promise<Found> {
  return findTool(work, helm)
}
