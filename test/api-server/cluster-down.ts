import { down } from '../cluster/cluster.ts'
import { clusterVariable } from './this-cluster.ts'

/** jest's globalTeardown. */
// eslint-disable-next-line no-restricted-syntax -- jest takes a teardown by its default export
export default async function clusterDown(): Promise<void> {
  const dir = process.env[clusterVariable]
  if (dir !== undefined) await down(dir, () => undefined)
}
