import { globSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { findTool } from './find-tool.ts'
import { moduleFolder } from './go-tool-compile.ts'
import type { GoTool, Missing } from './go-tool.ts'
import { onPath } from './node-tools.ts'
import { runCommand } from './run-command.ts'
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

export interface CertManager {
  readonly path: string
  /** The files with its CustomResourceDefinitions. */
  readonly crds: readonly string[]
}

/** Finds the program and the CRDs. The CRDs are only in the Go module, so Go must be there in any case. */
export async function findCertManager(work: Work): Promise<CertManager | Missing> {
  if (onPath('go') === undefined) return { missing: "there is no Go to fetch cert-manager's CRDs from its module" }
  const found = await findTool(work, certManager)
  if ('missing' in found) return found
  try {
    return { ...found, crds: await fetchCrds(work.signal) }
  } catch (error) {
    work.signal.throwIfAborted()
    return { missing: `cert-manager's Go module cannot be fetched: ${String(error)}` }
  }
}

const downloaded = Type.Object({ Dir: Type.String() })

async function fetchCrds(signal: AbortSignal): Promise<readonly string[]> {
  // Without a version it is the one of go.mod, and go.sum checks it.
  const args = ['mod', 'download', '-C', moduleFolder(certManager), '-json', 'github.com/cert-manager/cert-manager']
  const answer: unknown = JSON.parse(await runCommand('go', args, { env: process.env, signal }))
  const folder = join(Value.Parse(downloaded, answer).Dir, 'deploy/crds')
  return globSync('cert-manager.io_*.yaml', { cwd: folder }).map((file) => join(folder, file))
}
