import { accessRequestKind } from '../../api/kinds/access-request.ts'
import { version, versionLabel } from '../../api/version.ts'
import { resources } from '../../cluster/client/resources.ts'
import { say } from '../../decision/text/sentence.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { printAs } from '../output/formats.ts'
import { tell } from '../output/output.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import type { VersionOptions } from './version-verb.ts'

/**
 * `version`: shows the version of this program and, unless --client is given, of Sallyport in the cluster. If the
 * cluster does not say, it shows the first all the same, as kubectl does.
 */
export async function showVersion({ client: isOffline, output, ...where }: VersionOptions): Promise<ExitCode> {
  const known = { client: version, node: process.version }
  const server = isOffline
    ? undefined
    : await inSession(where, serverVersion).catch(async (error: unknown) => {
        await show(output, known)
        throw error
      })
  await show(output, { ...known, ...(server !== undefined && { server }) })
  return exitCode.done
}

/** Reads the version from the label of a CRD. Everybody who is logged in may read this CRD. */
async function serverVersion({ client }: CliSession): Promise<string> {
  const name = `${accessRequestKind.plural}.${accessRequestKind.apiVersion.split('/')[0] ?? ''}`
  const found = await client.get(resources.CustomResourceDefinition, { name })
  if (!found) throw new Refusal('Sallyport is not installed in this cluster.')
  return found.metadata.labels?.[versionLabel] ?? 'unknown: older than 0.1.0'
}

async function show(output: VersionOptions['output'], versions: Readonly<Record<string, string>>): Promise<void> {
  if (output) await printAs(output, versions)
  else for (const [name, value] of Object.entries(versions)) tell(say`${`${name}:`.padEnd(8)}${value}`)
}
