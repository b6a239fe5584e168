import { existsSync, linkSync, copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { compileHyperkube } from './hyperkube-compile.ts'
import { unpackHyperkube } from './hyperkube-unpack.ts'
import { chosenRelease, type KubernetesRelease } from './kubernetes-version.ts'
import type { Startup, Work } from './startup.ts'

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
  const binary = await hyperkubeOf(startup, chosenRelease())
  const own = join(startup.dir, 'hyperkube')
  const folder = join(startup.dir, 'bin')
  mkdirSync(folder, { recursive: true })
  if (!existsSync(own)) linkOrCopy(binary, own)
  for (const program of programs) symlinkSync('../hyperkube', join(folder, program))
  return (program) => join(folder, program)
}

/**
 * Returns the binary: unpacked if SALLYPORT_KUBE_CACHE has it, else compiled. If this user has none yet, that takes
 * minutes.
 */
export async function hyperkubeOf(work: Work, release: KubernetesRelease): Promise<string> {
  const source = process.env['SALLYPORT_KUBE_CACHE']
  return source ? unpackHyperkube(work, release, source) : compileHyperkube(work, release)
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
