import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { CommandFailed, runCommand } from '../../test/cluster/run-command.ts'

const described = Type.Object({
  name: Type.String(),
  version: Type.String(),
  description: Type.String(),
  license: Type.String(),
})

/** Returns the labels of the image, by the names of the OCI image specification. */
export async function imageLabels(checkout: string): Promise<Readonly<Record<string, string>>> {
  const { name, version, description, license } = Value.Parse(
    described,
    JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')),
  )
  const revision = await revisionOf(checkout)
  return {
    'org.opencontainers.image.title': name,
    'org.opencontainers.image.description': description,
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.licenses': license,
    ...(revision && { 'org.opencontainers.image.revision': revision }),
  }
}

/** Returns the commit of the checkout, with a mark if files differ from it. A copy without git has none. */
async function revisionOf(checkout: string): Promise<string | undefined> {
  try {
    const commit = (await runCommand('git', ['-C', checkout, 'rev-parse', 'HEAD'])).trim()
    const changes = await runCommand('git', ['-C', checkout, 'status', '--porcelain', '--untracked-files=no'])
    return changes === '' ? commit : `${commit}-dirty`
  } catch (error) {
    if (error instanceof CommandFailed) return undefined
    throw error
  }
}
