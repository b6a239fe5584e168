// npm run build: bundles the kubectl plugin into one file, which needs only Node.
import { build } from 'esbuild'
import { chmodSync } from 'node:fs'
import { stat } from 'node:fs/promises'

const outfile = 'dist/kubectl-access'
const banner = [
  '#!/usr/bin/env node',
  // Some bundled packages are CommonJS, which needs `require`. No name here may be one that minifying gives.
  "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
].join('\n')

await build({
  entryPoints: ['src/cli/main.ts'],
  outfile,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  banner: { js: banner },
  logLevel: 'warning',
})
chmodSync(outfile, 0o755)
const { size } = await stat(outfile)
console.log(`${outfile} (${Math.round(size / 1_024)} KiB). With dist/ on your PATH: kubectl access --help`)
