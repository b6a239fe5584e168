import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { up } from './cluster/cluster.ts'
import { clusterDirVariable } from './fixtures/cluster-dir-variable.ts'
import { makeHome } from './fixtures/home.ts'

/** Starts one cluster for the whole run. jest loads this file with Node itself, and takes only its default export. */
// eslint-disable-next-line no-restricted-syntax -- jest asks for a default export
export default async function globalSetup(): Promise<void> {
  // If jest runs without scripts/test.ts, the run has a folder of its own, which goes with the cluster.
  const dir = (process.env[clusterDirVariable] ??= mkdtempSync(join(tmpdir(), 'sallyport-test-')))
  const log = (line: string): void => {
    console.log(`cluster: ${line}`)
  }
  const { node } = await up({ dir, node: true, log })
  await makeHome()
  if (!node.ready) log(`tests that need a running pod are skipped: ${node.reason}`)
}
