import { request } from 'undici'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import type { Cluster } from '../cluster/cluster.ts'

/** The API server's measurements of one webhook since its start. */
export interface AdmissionMetric {
  readonly calls: number
  readonly ms: number
}

const metric = 'apiserver_admission_webhook_admission_duration_seconds'

/** Reads how long a webhook took for the calls that it let in. The API server's own metric has it. */
export async function admissionMetric(cluster: Cluster, webhook: string): Promise<AdmissionMetric> {
  const connection = connect(cluster.kubeconfig('admin'))
  try {
    const { dispatcher, headers } = await connection.authorize()
    const { body } = await request(`${connection.server}/metrics`, { dispatcher, headers })
    const lines = (await body.text()).split('\n').filter((line) => isAllowed(line, webhook))
    const sum = (suffix: string): number =>
      lines
        .filter((line) => line.startsWith(`${metric}_${suffix}{`))
        .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0)
    return { calls: sum('count'), ms: sum('sum') * 1_000 }
  } finally {
    await connection.close()
  }
}

function isAllowed(line: string, webhook: string): boolean {
  return line.includes(`name="${webhook}"`) && line.includes('operation="CONNECT"') && line.includes('rejected="false"')
}
