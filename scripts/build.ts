// npm run build: bundles the kubectl plugin, which needs only Node. Its parts are in a folder beside it: most verbs need
// few of them, and `--help` needs one.
import { bundleInParts, writeWhole } from './build/bundle.ts'

const size = await bundleInParts('kubectl-access', {
  entry: 'src/cli/main.ts',
  first: ['src/cli/program.ts', 'src/cli/output/failure.ts'],
  outfile: 'dist/lib',
  target: 'node22',
  minify: true,
})
// `import()` works whatever kind of module Node takes this file for.
writeWhole('dist/kubectl-access', "#!/usr/bin/env node\nimport('./lib/kubectl-access.mjs')\n", 0o755)
console.log(`dist/kubectl-access (${Math.round(size / 1_024)} KiB). With dist/ on your PATH: kubectl access --help`)
