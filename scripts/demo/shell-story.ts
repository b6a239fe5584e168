import type { Cluster } from '../../test/cluster/cluster.ts'
import { readKubectl, runKubectl, showKubectl, title } from './kubectl.ts'
import { shellRequest, shellTemplate } from './manifests.ts'

/** Tells what a team can offer with a template: each requestor gets a pod of their own beside the workload. */
export async function tellOfShells(cluster: Cluster): Promise<void> {
  title('A template can offer more: for a time, each user it names can have a pod of their own beside the workload')
  await showKubectl(cluster, { user: 'admin', args: ['apply', '-f', '-'], outcome: 'works', manifest: shellTemplate })
  await showKubectl(cluster, { user: 'alice', args: ['apply', '-f', '-'], outcome: 'works', manifest: shellRequest })
  await runKubectl(cluster, 'alice', ['wait', '--for=condition=Ready', 'areq/shell', '-n', 'shop', '--timeout=60s'])

  title('Only alice gets in')
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

  title('When the request goes, the pod goes too')
  await showKubectl(cluster, { user: 'alice', args: ['delete', 'areq', 'shell', '-n', 'shop'], outcome: 'works' })
  await runKubectl(cluster, 'admin', ['wait', '--for=delete', `pod/${pod}`, '-n', 'shop', '--timeout=30s'])
}
