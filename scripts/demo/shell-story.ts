import type { Cluster } from '../../test/cluster/cluster.ts'
import { readKubectl, runKubectl, showKubectl, title } from './kubectl.ts'
import { shellRequest, shellTemplate } from './manifests.ts'

/** What a team offers by a template: a pod of one's own beside the workload. */
export async function tellOfShells(cluster: Cluster): Promise<void> {
  title('A template offers more: a pod of one’s own beside the workload, for a time, to those whom it names')
  await showKubectl(cluster, { user: 'admin', args: ['apply', '-f', '-'], outcome: 'works', manifest: shellTemplate })
  await showKubectl(cluster, { user: 'alice', args: ['apply', '-f', '-'], outcome: 'works', manifest: shellRequest })
  await runKubectl(cluster, 'alice', ['wait', '--for=condition=Ready', 'areq/shell', '-n', 'shop', '--timeout=60s'])

  title('It is for alice alone; nobody else gets in')
  const pod = await readKubectl(cluster, 'alice', [
    'get',
    'areq/shell',
    '-n',
    'shop',
    '-o',
    'jsonpath={.status.target.pod}',
  ])
  const shell = ['exec', pod, '-n', 'shop', '--', 'hostname']
  await showKubectl(cluster, { user: 'alice', args: shell, outcome: 'works' })
  await showKubectl(cluster, { user: 'admin', args: shell, outcome: 'is refused' })

  title('With the request the pod goes')
  await showKubectl(cluster, { user: 'alice', args: ['delete', 'areq', 'shell', '-n', 'shop'], outcome: 'works' })
  await runKubectl(cluster, 'admin', ['wait', '--for=delete', `pod/${pod}`, '-n', 'shop', '--timeout=30s'])
}
