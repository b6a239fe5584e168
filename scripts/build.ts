// npm run build: bundles the kubectl plugin into one file, which needs only Node.
import { chmodSync, statSync } from 'node:fs'
import { bundle } from './build/bundle.ts'

const outfile = 'dist/kubectl-access'

await bundle({
  entry: 'src/cli/main.ts',
  outfile,
  target: 'node22',
  minify: true,
  firstLine: '#!/usr/bin/env node',
})
chmodSync(outfile, 0o755)
const { size } = statSync(outfile)
console.log(`${outfile} (${Math.round(size / 1_024)} KiB). With dist/ on your PATH: kubectl access --help`)
