import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions } from 'esbuild'
import { commanderPart, oneFirstPart, undiciPart, usedExports } from './sooner.ts'

interface Bundle {
  /** The first file of the program, seen from the checkout. */
  readonly entry: string
  readonly outfile: string
  readonly target: string
  readonly minify: boolean
}

interface BundleInParts extends Bundle {
  /** The modules that the entry imports. All that they need becomes one part. */
  readonly first: readonly string[]
}

const root = fileURLToPath(new URL('../..', import.meta.url))
// Some bundled packages are CommonJS, which needs `require`. No name here may be one that minifying gives.
const requireForCommonJs =
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);"

const shared = {
  // Paths stand in the bundle. They are the same in each checkout only if they are seen from it.
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  banner: { js: requireForCommonJs },
  logLevel: 'warning',
} as const satisfies BuildOptions

/**
 * Bundles a program into one file that needs only Node.
 * @returns the bundled files, seen from the checkout
 */
export async function bundle({ entry, outfile, target, minify }: Bundle): Promise<readonly string[]> {
  const { metafile } = await build({ ...shared, entryPoints: [entry], outfile, target, minify, metafile: true })
  return Object.keys(metafile.inputs)
}

/**
 * Bundles a program into a first file, `NAME.mjs`, and parts that it loads when it needs them. Each file is written
 * whole, because the program may run meanwhile.
 * @returns the size of all files together, in bytes
 */
export async function bundleInParts(
  name: string,
  { entry, first, outfile: folder, target, minify }: BundleInParts,
): Promise<number> {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: { [name]: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    target,
    minify,
    splitting: true,
    plugins: [undiciPart, commanderPart, usedExports, oneFirstPart(first.map((one) => resolve(root, one)))],
    write: false,
  })
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true })
    writeWhole(path, contents, 0o644)
  }
  return outputFiles.reduce((sum, { contents }) => sum + contents.length, 0)
}

/** Writes a file so that no reader sees half of it. */
export function writeWhole(path: string, contents: string | Uint8Array, mode: number): void {
  const beside = `${path}.${process.pid}.new`
  writeFileSync(beside, contents, { mode })
  renameSync(beside, path)
}
