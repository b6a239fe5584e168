import { askedRequest } from './asked-request.ts'
import type { Wanted } from './create-object.ts'
import type { RequestShellOptions } from './program.ts'

/** The AccessRequest for a shell pod that a command line asks for. */
export function shellRequest(options: RequestShellOptions, namespace: string): Wanted {
  const { cpu, memory, ephemeralStorage, template, clusterTemplate } = options
  const resources = {
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(ephemeralStorage !== undefined && { 'ephemeral-storage': ephemeralStorage }),
  }
  const shell = Object.keys(resources).length > 0 ? { resources } : {}
  const beginning = `shell-${template ?? clusterTemplate ?? ''}`
  return askedRequest(options, { namespace, beginning, access: { shell } })
}
