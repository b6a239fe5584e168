import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

interface Bundle {
  /** The first file of the program, seen from the checkout. */
  readonly entry: string
  readonly outfile: string
  readonly target: string
  readonly minify: boolean
  readonly firstLine?: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))
// Some bundled packages are CommonJS, which needs `require`. No name here may be one that minifying gives.
const requireForCommonJs =
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);"

/**
 * Bundles a program into one file that needs only Node.
 * @returns the bundled files, seen from the checkout
 */
export async function bundle({ entry, outfile, target, minify, firstLine }: Bundle): Promise<readonly string[]> {
  const { metafile } = await build({
    // Paths stand in the bundle. They are the same in each checkout only if they are seen from it.
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify,
    platform: 'node',
    format: 'esm',
    target,
    banner: { js: [...(firstLine === undefined ? [] : [firstLine]), requireForCommonJs].join('\n') },
    metafile: true,
    logLevel: 'warning',
  })
  return Object.keys(metafile.inputs)
}
