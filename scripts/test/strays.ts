import { readFileSync, readlinkSync } from 'node:fs'
import { allProcesses, environment, ownerVariable } from '../../test/cluster/owned-processes.ts'

/** A process that a run started and that is still there. */
export interface Stray {
  readonly pid: number
  readonly command: string
  /** The folder of the cluster that the process belongs to. */
  readonly clusterDir: string | undefined
  /** The network namespace of the process, unless it is ours. */
  readonly networkNamespace: string | undefined
}

/** Returns the processes that have this folder in their environment: in TMPDIR, or as the folder of their cluster. */
export function straysOf(folder: string): readonly Stray[] {
  const own = networkNamespace('self')
  return allProcesses()
    .filter((pid) => pid !== process.pid)
    .map((pid) => ({ pid, variables: environment(pid) }))
    .filter(({ variables }) => variables.some((variable) => isBelow(variable, folder)))
    .map(({ pid, variables }) => {
      const owner = variables.find((variable) => variable.startsWith(`${ownerVariable}=`))
      const namespace = networkNamespace(pid)
      return {
        pid,
        command: commandOf(pid),
        clusterDir: owner?.slice(ownerVariable.length + 1),
        networkNamespace: namespace === own ? undefined : namespace,
      }
    })
}

function isBelow(variable: string, folder: string): boolean {
  const value = variable.slice(variable.indexOf('=') + 1)
  return value === folder || value.startsWith(`${folder}/`)
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return 'ended meanwhile'
  }
}

function networkNamespace(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`)
  } catch {
    return undefined
  }
}
