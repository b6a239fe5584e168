// npm run demo: the main job on a real API server, told step by step. It cleans up after itself, also when interrupted.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { down, up, type Cluster } from '../test/cluster/cluster.ts'
import { onInterrupt } from '../test/cluster/interrupt.ts'
import { ownerVariable } from '../test/cluster/owned-processes.ts'
import { runKubectl, showKubectl } from './demo/kubectl.ts'
import { story } from './demo/manifests.ts'

const startedAt = performance.now()
const title = (text: string): void => {
  console.log(`\n\u001b[1m${text}\u001b[0m`)
}

async function tell(cluster: Cluster): Promise<void> {
  title('A pod of a shop, and alice, whose role lets her exec into it')
  await runKubectl(cluster, 'admin', ['apply', '-f', '-'], JSON.stringify(story(cluster.images.busybox)))
  await runKubectl(cluster, 'admin', ['wait', '--for=condition=Ready', 'pod/web-0', '-n', 'shop', '--timeout=60s'])

  title('Without Sallyport her standing role is all it takes')
  await showKubectl(cluster, 'alice', ['exec', 'web-0', '-n', 'shop', '--', 'cat', '/etc/hostname'], 'works')

  title('Sallyport is installed: npm run dev')
  const gate = await startDev(cluster)
  try {
    title('Now nobody runs a command in a live workload without a request and a grant, whatever RBAC says')
    await showKubectl(cluster, 'alice', ['exec', 'web-0', '-n', 'shop', '--', 'cat', '/etc/hostname'], 'is refused')
    title('Not even a cluster-admin')
    await showKubectl(cluster, 'admin', ['exec', 'web-0', '-n', 'shop', '--', 'sh', '-c', 'id'], 'is refused')
  } finally {
    title('Sallyport is removed, and the cluster is as it was')
    gate.kill('SIGINT')
    await once(gate, 'exit')
  }
  await showKubectl(cluster, 'alice', ['exec', 'web-0', '-n', 'shop', '--', 'cat', '/etc/hostname'], 'works')
}

/** Runs `npm run dev` and waits until the API server asks it. */
async function startDev(cluster: Cluster): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['scripts/dev.ts', '--kubeconfig', cluster.kubeconfig('admin')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Marked as the cluster's, so that it goes with it whatever happens here; and apart from our Ctrl-C.
    env: { ...process.env, [ownerVariable]: cluster.dir },
    detached: true,
  })
  const ready = new Promise<boolean>((resolve) => {
    createInterface(child.stderr).on('line', (line) => {
      console.log(`  ${line}`)
      if (line.includes('the gate is up')) resolve(true)
    })
    child.on('exit', () => {
      resolve(false)
    })
  })
  if (!(await ready)) throw new Error('npm run dev ended; its last words are above')
  return child
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-demo-'))
const dir = join(folder, 'cluster')
const log = (line: string): void => {
  console.log(`  ${line}`)
}
const interrupted = new Promise<never>((_resolve, reject) => {
  onInterrupt(reject)
})
try {
  title('A Kubernetes cluster of our own')
  const cluster = await up({ dir, node: true, log })
  if (!cluster.node.ready)
    throw new Error(`the demo needs a node that runs pods, and here none can run: ${cluster.node.reason}`)
  await Promise.race([tell(cluster), interrupted])
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  title('The cluster goes')
  await down(dir, log)
  rmSync(folder, { recursive: true, force: true })
}
console.log(
  `\ndemo: ${process.exitCode ? 'failed' : 'done'} after ${Math.round((performance.now() - startedAt) / 1_000)} s`,
)
process.exit()
