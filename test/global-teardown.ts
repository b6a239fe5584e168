import { down } from './cluster/cluster.ts'
import { clusterDirVariable } from './fixtures/cluster-dir-variable.ts'

// eslint-disable-next-line no-restricted-syntax -- jest asks for a default export
export default async function globalTeardown(): Promise<void> {
  await down(process.env[clusterDirVariable] ?? '', (line) => {
    console.log(`cluster: ${line}`)
  })
}
