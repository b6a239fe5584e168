// npm run demo: shows the main job on a real API server, step by step. It cleans up after itself, also when
// interrupted.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { down, up, type Cluster } from '../test/cluster/cluster.ts'
import { onInterrupt } from '../test/cluster/interrupt.ts'
import { indented, readKubectl, runKubectl, showKubectl, title } from './demo/kubectl.ts'
import { accessGrant, accessRequest, people, scene } from './demo/manifests.ts'
import { installProduct, removeProduct } from './demo/product.ts'
import { tellOfShells } from './demo/shell-story.ts'

const startedAt = performance.now()
const look = ['exec', 'web-0', '-n', 'shop', '--', 'cat', '/etc/hostname']
const accessSeconds = 5

async function tell(cluster: Cluster): Promise<void> {
  title('A pod of a shop, and alice, whose standing role lets her exec into it')
  await runKubectl(cluster, 'admin', ['apply', '-f', '-'], JSON.stringify(scene(cluster.images.busybox)))
  await runKubectl(cluster, 'admin', ['wait', '--for=condition=Ready', 'pod/web-0', '-n', 'shop', '--timeout=60s'])

  title('Without Sallyport that role is all it takes')
  await showKubectl(cluster, { user: 'alice', args: look, outcome: 'works' })

  title('Sallyport is installed')
  try {
    await installProduct(cluster)
    await runKubectl(cluster, 'admin', ['apply', '-f', '-'], JSON.stringify(people))
    await tellGated(cluster)
    await tellOfShells(cluster)
  } finally {
    title('Sallyport is removed, and the cluster is as it was')
    await removeProduct(cluster)
  }
  await showKubectl(cluster, { user: 'alice', args: look, outcome: 'works' })
}

async function tellGated(cluster: Cluster): Promise<void> {
  title('Now nobody runs a command in a live workload without a request and a grant, whatever RBAC says')
  await showKubectl(cluster, { user: 'alice', args: look, outcome: 'is refused' })
  title('Not even a cluster-admin')
  await showKubectl(cluster, { user: 'admin', args: look, outcome: 'is refused' })

  title('alice asks for just this command')
  const request = accessRequest(['cat', '/etc/hostname'], accessSeconds)
  await showKubectl(cluster, { user: 'alice', args: ['apply', '-f', '-'], outcome: 'works', manifest: request })
  await runKubectl(cluster, 'alice', ['wait', '--for=condition=TargetResolved', 'areq/look', '-n', 'shop'])
  await showKubectl(cluster, { user: 'alice', args: look, outcome: 'is refused' })

  title('bob looks at the request and grants what he saw: the digest covers this request, this pod and this image')
  await showKubectl(cluster, { user: 'bob', args: ['get', 'areq', '-n', 'shop'], outcome: 'works' })
  const digest = await readKubectl(cluster, 'bob', [
    'get',
    'areq/look',
    '-n',
    'shop',
    '-o',
    'jsonpath={.status.shortDigest}',
  ])
  await showKubectl(cluster, {
    user: 'bob',
    args: ['apply', '-f', '-'],
    outcome: 'works',
    manifest: accessGrant(digest),
  })
  await showKubectl(cluster, {
    user: 'alice',
    args: ['wait', '--for=condition=Ready', 'areq/look', '-n', 'shop'],
    outcome: 'works',
  })

  title('Her plain kubectl exec works: only for her, and only with this command')
  await showKubectl(cluster, { user: 'alice', args: look, outcome: 'works' })
  await showKubectl(cluster, {
    user: 'alice',
    args: ['exec', 'web-0', '-n', 'shop', '--', 'cat', '/etc/shadow'],
    outcome: 'is refused',
  })
  await showKubectl(cluster, { user: 'admin', args: look, outcome: 'is refused' })

  title(`After ${accessSeconds} seconds the access ends by itself`)
  const expired = ['wait', '--for=jsonpath={.status.phase}=Expired', 'areq/look', '-n', 'shop', '--timeout=30s']
  await showKubectl(cluster, { user: 'alice', args: expired, outcome: 'works' })
  await showKubectl(cluster, { user: 'alice', args: look, outcome: 'is refused' })
}

/** Takes the cluster down. If that fails, the folder stays: the cluster can only be taken down with it. */
async function goes(): Promise<void> {
  try {
    await down(dir, log)
    rmSync(folder, { recursive: true, force: true })
  } catch (error) {
    console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
    console.error(`demo: fix that, then run: npm run cluster -- down --dir ${dir}`)
    process.exitCode = 1
  }
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-demo-'))
const dir = join(folder, 'cluster')
const log = (line: string): void => {
  console.log(indented(line))
}
const interrupted = new Promise<never>((_resolve, reject) => {
  onInterrupt(reject)
})
try {
  title('A Kubernetes cluster of our own')
  const cluster = await up({ dir, node: true, log })
  if (!cluster.node.ready) {
    throw new Error(`the demo needs a node that runs pods, and none can run here: ${cluster.node.reason}`)
  }
  await Promise.race([tell(cluster), interrupted])
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  title('The cluster goes')
  await goes()
}
const seconds = Math.round((performance.now() - startedAt) / 1_000)
console.log(`\ndemo: ${process.exitCode ? 'failed' : 'done'} after ${seconds} s`)
process.exit()
