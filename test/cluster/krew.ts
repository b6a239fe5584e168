import { findTool } from './find-tool.ts'
import type { Found, GoTool } from './go-tool.ts'
import type { Work } from './startup.ts'

const version = 'v0.4.3'

/** The program that installs plugins of kubectl for people. */
const krew: GoTool = {
  name: 'krew',
  title: 'krew',
  version,
  sha256: 'a1d50cd24b8b87cf5f1b065110af709197ca523a22deb703cbf8d2dfe4396d3e',
  go: { major: 1, minor: 26 },
  module: 'krew',
  program: 'sigs.k8s.io/krew/cmd/krew',
  variables: { 'sigs.k8s.io/krew/internal/version.gitTag': version },
  minutes: 1,
  otherwise: 'krew 0.4',
  installed: { program: 'kubectl-krew', ask: ['version'], accepts: /^GitTag +v0\.4\./m },
}

/** Finds krew, or says why this machine cannot have it. */
export function findKrew(work: Work): Promise<Found> {
  return findTool(work, krew)
}
