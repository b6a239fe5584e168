// npm run binaries [-- --output DIR] [--only TARGET …] [--url ADDRESS]: makes the kubectl plugin as binaries that need no
// Node. It writes an archive for each platform, their sums, and a manifest for krew. It fetches Node for each platform from
// the npm registry, once.
import { parseArgs } from 'node:util'
import { makeBinaries } from './binaries/make-binaries.ts'
import { targets } from './binaries/targets.ts'

const stop = new AbortController()
process.once('SIGINT', () => {
  stop.abort(new Error('interrupted'))
})

try {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', default: 'dist/binaries' },
      only: { type: 'string', multiple: true, default: Object.keys(targets) },
      url: { type: 'string' },
    },
  })
  const { output, only: names, url } = values
  const log = (line: string): void => {
    console.log(line)
  }
  await makeBinaries({ log, signal: stop.signal }, { names, output, url })
  console.log(`${output} has their sums (SHA256SUMS), and access.yaml for krew:
  kubectl krew install --manifest=${output}/access.yaml --archive=ARCHIVE`)
} catch (error) {
  console.error(`binaries: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
