import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completionProgram } from '../../src/cli/about/print-completion.ts'
import { runCommand } from '../../test/cluster/run-command.ts'
import type { Work } from '../../test/cluster/startup.ts'
import { bundle } from '../build/bundle.ts'
import { thirdPartyLicenses } from '../image/third-party-licenses.ts'
import { documents } from '../manifests/yaml.ts'
import { writeArchive, type ArchivedFile } from './archive.ts'
import { krewManifest, type Archive } from './krew-manifest.ts'
import { unpackedFile } from './node-package.ts'
import { singleExecutable } from './single-executable.ts'
import { archiveName, builderOf, ownTarget, programName, targets, type Target } from './targets.ts'

export interface BinariesToMake {
  /** The names of the targets. */
  readonly names: readonly string[]
  /** The folder of the archives. */
  readonly output: string
  /** The address of the folder where people will find the archives; undefined if there is none yet. */
  readonly url: string | undefined
}

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Makes an archive for each target, with a binary that needs no Node. Beside them it writes their sums, and the manifest
 * for krew.
 */
export async function makeBinaries(work: Work, { names, output, url }: BinariesToMake): Promise<void> {
  mkdirSync(output, { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-binaries-'))
  try {
    const script = join(folder, 'kubectl-access.mjs')
    const bundled = await bundle({ entry: 'src/cli/main.ts', outfile: script, target: 'node24', minify: true })
    const licenses = thirdPartyLicenses(checkout, bundled)
    const archives: Archive[] = []
    for (const name of names) {
      const target = targetOf(name)
      const own = join(folder, name)
      const archive = await makeArchive(work, { target, folder: own, script, licenses, output })
      archives.push({ target, uri: uriOf(archive.name, url), sha256: archive.sha256 })
      work.log(`${name}: ${join(output, archive.name)} (${await trial(name, join(own, programName(target)))})`)
      rmSync(own, { recursive: true })
    }
    const sums = archives.map(({ target, sha256 }) => `${sha256}  ${archiveName(target)}\n`)
    writeFileSync(join(output, 'SHA256SUMS'), sums.join(''))
    writeFileSync(join(output, 'access.yaml'), documents([krewManifest(archives)]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function targetOf(name: string): Target {
  const target = targets[name]
  if (target) return target
  throw new Error(`target ${name} is not known: take one of ${Object.keys(targets).join(', ')}`)
}

function uriOf(archive: string, url: string | undefined): string {
  return url === undefined ? archive : `${url.replace(/\/$/, '')}/${archive}`
}

interface ArchiveToMake {
  readonly target: Target
  /** A folder for the binary. It is made. */
  readonly folder: string
  readonly script: string
  /** The licenses of the packages in the script. */
  readonly licenses: string
  readonly output: string
}

async function makeArchive(work: Work, { target, folder, script, licenses, output }: ArchiveToMake) {
  const from = builderOf(target)
  const node = await unpackedFile(work, target.node, target.node.program, join(folder, 'node'))
  const builder = await unpackedFile(work, from, from.program, join(folder, 'builder'))
  // It is the same for all platforms, and the packages for Windows do not have it.
  const nodeLicense = await unpackedFile(work, from, 'LICENSE', join(folder, 'builder'))
  const program = programName(target)
  const made = await singleExecutable({ builder, node, script, folder, name: program })
  const nodeTitle = `Node.js ${target.node.version}`
  const files: readonly ArchivedFile[] = [
    { name: 'LICENSE', content: readFileSync(join(checkout, 'LICENSE')) },
    {
      name: 'THIRD-PARTY-LICENSES',
      content: Buffer.from(
        `${licenses}\n${nodeTitle}\n${'='.repeat(nodeTitle.length)}\n${readFileSync(nodeLicense, 'utf8')}`,
      ),
    },
    { name: program, content: readFileSync(made), isProgram: true },
    // It is a script of the shell, which Windows does not have.
    ...(target.os === 'windows'
      ? []
      : [{ name: 'kubectl_complete-access', content: Buffer.from(`${completionProgram}\n`), isProgram: true }]),
  ]
  const name = archiveName(target)
  await writeArchive(join(output, name), files)
  const sha256 = createHash('sha256')
    .update(readFileSync(join(output, name)))
    .digest('hex')
  return { name, sha256 }
}

/** Runs the binary if this machine can, and says what came of it. */
async function trial(name: string, program: string): Promise<string> {
  if (name === ownTarget) {
    await runCommand(program, ['version', '--client'], { env: {} })
    return 'it runs here'
  }
  return name.startsWith('darwin') ? 'untried; sign it on a Mac: codesign --sign - kubectl-access' : 'untried'
}
