import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from '../build/bundle.ts'
import { softwareBill } from './software-bill.ts'
import { thirdPartyLicenses } from './third-party-licenses.ts'

/** The names of all files in the folder /app of the image, whatever builds it. */
export const appFiles = ['LICENSE', 'THIRD-PARTY-LICENSES', 'sallyport.mjs', 'sbom.cdx.json'] as const

/** The folder where `npm run build` makes them, and where the Dockerfile takes them from. */
export const builtApp = 'dist/image/app'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** Makes the files of /app in a folder. The same checkout always makes the same bytes. */
export async function makeAppFiles(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const program = join(folder, 'sallyport.mjs')
  // Names and lines stay, so that a stack trace can be read.
  const bundled = await bundle({ entry: 'src/program.ts', outfile: program, target: 'node24', minify: false })
  const contents: Readonly<Record<(typeof appFiles)[number], string>> = {
    LICENSE: readFileSync(join(checkout, 'LICENSE'), 'utf8'),
    'THIRD-PARTY-LICENSES': thirdPartyLicenses(checkout, bundled),
    'sallyport.mjs': readFileSync(program, 'utf8'),
    'sbom.cdx.json': await softwareBill(checkout),
  }
  for (const name of appFiles) {
    writeFileSync(join(folder, name), contents[name])
    // The umask of the builder must not decide who may read them.
    chmodSync(join(folder, name), 0o644)
  }
}
