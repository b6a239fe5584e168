import { existsSync, linkSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { toolPath } from './find-tool.ts'
import type { GoTool } from './go-tool.ts'
import { chosenRelease, type KubernetesRelease } from './kubernetes-version.ts'
import type { Startup } from './startup.ts'

const programs = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
] as const

export type Program = (typeof programs)[number]

/** Brings hyperkube into D, with a link for each program in it. */
export async function installHyperkube(startup: Startup): Promise<(program: Program) => string> {
  const binary = await toolPath(startup, hyperkubeOf(chosenRelease()))
  const own = join(startup.dir, 'hyperkube')
  const folder = join(startup.dir, 'bin')
  mkdirSync(folder, { recursive: true })
  if (!existsSync(own)) linkOrCopy(binary, own)
  for (const program of programs) symlinkSync('../hyperkube', join(folder, program))
  return (program) => join(folder, program)
}

const version = 'k8s.io/component-base/version'

/** Returns the tool that is a whole Kubernetes of this release. */
export function hyperkubeOf(release: KubernetesRelease): GoTool {
  const [major = '', minor = ''] = release.version.slice(1).split('.')
  return {
    ...release,
    name: 'hyperkube',
    title: 'Kubernetes',
    module: `hyperkube/${release.name}`,
    // One program for all releases.
    program: '../main.go',
    source: 'hyperkube/main.go',
    // Otherwise every component would call itself v0.0.0, and kubectl would warn of the skew.
    variables: {
      [`${version}.gitVersion`]: release.version,
      [`${version}.gitMajor`]: major,
      [`${version}.gitMinor`]: minor,
    },
    minutes: 10,
    otherwise: 'Docker with kind, or give a cluster of your own with SALLYPORT_KUBECONFIG',
  }
}

/**
 * Makes a second name for the file, which costs nothing. Unlike a symbolic link, it works where the node's view hides
 * the cache.
 */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to) // They are on different file systems.
  }
}
