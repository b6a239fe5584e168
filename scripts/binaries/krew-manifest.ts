import { version } from '../../src/api/version.ts'
import { archiveName, programName, targets, type Target } from './targets.ts'

/** The place of an archive, and its sum. */
export interface Archive {
  readonly target: Target
  readonly uri: string
  readonly sha256: string
}

const description = `Asks for access to a pod that Sallyport guards, waits for the grant and gets in.
Approvers see what would run, and decide. The cluster must have Sallyport.`

const caveats = `kubectl completes the verbs if a program of this name is on your PATH:
  kubectl access completion > kubectl_complete-access
  chmod +x kubectl_complete-access
macOS runs only signed programs. Sign this one before its first run, by
  codesign --sign - "$(readlink -f "$(command -v kubectl-access)")"`

/** Returns the manifest that tells krew how to install the plugin (https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest). */
export function krewManifest(archives: readonly Archive[]): object {
  return {
    apiVersion: 'krew.googlecontainertools.github.com/v1alpha2',
    kind: 'Plugin',
    metadata: { name: 'access' },
    spec: {
      version: `v${version}`,
      shortDescription: 'Ask for access to a workload, and decide on requests',
      description,
      caveats,
      platforms: archives.map(({ target, uri, sha256 }) => ({
        selector: { matchLabels: { os: target.os, arch: target.arch } },
        uri,
        sha256,
        bin: programName(target),
      })),
    },
  }
}

/** Returns the manifest before the archives are made: it has no sums yet. */
export function krewTemplate(): object {
  return krewManifest(
    Object.values(targets).map((target) => ({
      target,
      uri: archiveName(target),
      sha256: '`npm run binaries` writes the sum here',
    })),
  )
}
