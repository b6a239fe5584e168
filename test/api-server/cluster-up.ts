import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { up } from '../cluster/cluster.ts'
import { clusterVariable } from './this-cluster.ts'

/** jest's globalSetup: a control plane for the whole run. */
// eslint-disable-next-line no-restricted-syntax -- jest takes a setup by its default export
export default async function clusterUp(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-api-server-'))
  await up({ dir, node: false, log: () => undefined })
  process.env[clusterVariable] = dir
}
