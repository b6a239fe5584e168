import { request } from 'undici'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import type { Cluster } from '../cluster/cluster.ts'

const metric = 'apiserver_request_total{'
const writing = /verb="(POST|PUT|PATCH|APPLY|DELETE|DELETECOLLECTION)"/

/**
 * Reads how often each resource was written since the API server's start, by any client. The API server's own metric
 * has it.
 */
export async function writesByResource(cluster: Cluster): Promise<ReadonlyMap<string, number>> {
  const connection = connect(cluster.kubeconfig('admin'))
  try {
    const { dispatcher, headers } = await connection.authorize()
    const { body } = await request(`${connection.server}/metrics`, { dispatcher, headers })
    const writes = new Map<string, number>()
    for (const line of (await body.text()).split('\n')) {
      if (!line.startsWith(metric) || !writing.test(line)) continue
      const what = [label(line, 'resource'), label(line, 'subresource')].filter(Boolean).join('/')
      writes.set(what, (writes.get(what) ?? 0) + Number(line.slice(line.lastIndexOf(' '))))
    }
    return writes
  } finally {
    await connection.close()
  }
}

function label(line: string, name: string): string {
  return new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? ''
}
