import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Missing } from './go-tool.ts'
import { onPath } from './node-tools.ts'
import { runCommand } from './run-command.ts'
import type { Work } from './startup.ts'

/** The CustomResourceDefinitions of another project, which are files in its Go module. */
export interface CrdModule {
  readonly title: string
  /** The module. Its version is that of go.mod, and go.sum checks it. */
  readonly module: string
  /** The folder of that go.mod, below this one. */
  readonly folder: string
  /** The pattern of the files, in the module. */
  readonly files: string
}

/** The kinds of the Prometheus operator. The operator itself does not run in a test. */
export const prometheusOperatorCrds: CrdModule = {
  title: 'the Prometheus operator',
  module: 'github.com/prometheus-operator/prometheus-operator',
  folder: 'prometheus-operator',
  files: 'example/prometheus-operator-crd/*_{servicemonitors,prometheusrules}.yaml',
}

/** The kinds of cert-manager without those of ACME. */
export const certManagerCrds: CrdModule = {
  title: 'cert-manager',
  module: 'github.com/cert-manager/cert-manager',
  folder: 'cert-manager',
  files: 'deploy/crds/cert-manager.io_*.yaml',
}

/** The files with a project's CustomResourceDefinitions. */
export interface Crds {
  readonly crds: readonly string[]
}

/** Finds the files, or says why this machine cannot have them. */
export async function findCrds(work: Work, { title, module, folder, files }: CrdModule): Promise<Crds | Missing> {
  if (onPath('go') === undefined) return { missing: `there is no Go to fetch the kinds of ${title} from its module` }
  const at = fileURLToPath(new URL(folder, import.meta.url))
  try {
    const args = ['mod', 'download', '-C', at, '-json', module]
    const answer: unknown = JSON.parse(await runCommand('go', args, { env: process.env, signal: work.signal }))
    const cwd = Value.Parse(downloaded, answer).Dir
    return { crds: globSync(files, { cwd }).map((file) => join(cwd, file)) }
  } catch (error) {
    work.signal.throwIfAborted()
    return { missing: `the Go module of ${title} cannot be fetched: ${String(error)}` }
  }
}

const downloaded = Type.Object({ Dir: Type.String() })
