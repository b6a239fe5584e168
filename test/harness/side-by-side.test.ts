import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest } from '@jest/globals'
import { down, status, up, type Cluster, type ClusterUser } from '../cluster/cluster.ts'
import { kubectlFor } from '../cluster/kubectl.ts'
import { ownedProcesses } from '../cluster/owned-processes.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { footprint, type Footprint } from './footprint.ts'
import { itLocally, itWithNode } from './node-suite.ts'

jest.setTimeout(240_000) // Two clusters run at once on a loaded machine.
const withNode = await itWithNode()
const locally = await itLocally()
const silent = (): void => undefined

const parent = temporaryFolder()
const dirs = [join(parent, 'a'), join(parent, 'b')] as const
let before: readonly Footprint[]
let clusters: readonly Cluster[]

const people = [
  { user: 'alice', group: 'dev' },
  { user: 'mallory', group: 'dev' },
  { user: 'bob', group: 'sre' },
  { user: 'carol', group: 'sre' },
] as const

beforeAll(async () => {
  before = dirs.map(footprint)
  clusters = await Promise.all(dirs.map((dir) => up({ dir, node: true, log: silent })))
})

afterAll(async () => {
  for (const dir of dirs) if ((await status(dir)).state !== 'absent') await down(dir, silent)
})

function kubectl(cluster: Cluster, user: ClusterUser, ...args: string[]): Promise<string> {
  return kubectlFor(cluster.dir, cluster.kubectl).as(user, args)
}

/** Makes a pod that serves a web page. */
function box(cluster: Cluster): string {
  const container = {
    name: 'box',
    image: cluster.images.busybox,
    command: ['sh', '-c', 'echo hello > index.html; exec httpd -f -p 80'],
    volumeMounts: [{ name: 'hyperkube', mountPath: '/hyperkube' }],
  }
  const volumes = [{ name: 'hyperkube', hostPath: { path: join(cluster.dir, 'hyperkube') } }]
  const metadata = { name: 'box', labels: { app: 'box' } }
  return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container], volumes } })
}

async function runBox(cluster: Cluster): Promise<void> {
  await kubectlFor(cluster.dir, cluster.kubectl).as('admin', ['create', '-f', '-'], box(cluster))
  await kubectl(cluster, 'admin', 'wait', '--for=condition=Ready', 'pod/box', '--timeout=60s')
}

function inBox(cluster: Cluster, ...command: string[]): Promise<string> {
  return kubectl(cluster, 'admin', 'exec', 'box', '--', ...command)
}

describe('two clusters at once', () => {
  locally('know everybody, and the group of each', async () => {
    const everybody = clusters.flatMap((cluster) => people.map((person) => ({ cluster, ...person })))
    for (const { cluster, user, group } of everybody) {
      const answer: unknown = JSON.parse(await kubectl(cluster, user, 'auth', 'whoami', '-o', 'json'))
      const userInfo = { username: user, groups: [group, 'system:authenticated'] }
      expect(answer).toMatchObject({ status: { userInfo } })
    }
  })

  locally('keep no signing request, and do not know each other', async () => {
    const [first, second] = clusters
    if (!first || !second) throw new Error('two clusters are up')
    expect(await kubectl(first, 'admin', 'get', 'csr', '-o', 'name')).toBe('')
    await kubectl(first, 'admin', 'create', 'namespace', 'only-here')
    expect(await kubectl(second, 'admin', 'get', 'namespaces', '-o', 'name')).not.toContain('only-here')
  })

  locally('are returned as they are by a second up', async () => {
    for (const cluster of clusters) {
      const processes = ownedProcesses(cluster.dir)
      const lines: string[] = []
      const again = await up({ dir: cluster.dir, node: true, log: (line) => lines.push(line) })
      expect(JSON.stringify(again)).toBe(JSON.stringify(cluster))
      expect(lines.join()).toContain('runs in')
      expect(ownedProcesses(cluster.dir)).toEqual(processes)
    }
  })

  withNode('run pods that can be executed in', async () => {
    await Promise.all(clusters.map(runBox))
    for (const cluster of clusters) expect(await inBox(cluster, 'echo', 'ok')).toBe('ok\n')
  })

  withNode('serve Services in their pods, the API server among them', async () => {
    for (const cluster of clusters) {
      await kubectl(cluster, 'admin', 'expose', 'pod', 'box', '--port=80')
      const address = await kubectl(cluster, 'admin', 'get', 'service', 'box', '-o', 'jsonpath={.spec.clusterIP}')
      // kube-proxy learns of a new Service within a second.
      const fetch = `for i in $(seq 50); do wget -qO- http://${address}/index.html && exit; sleep 0.1; done; exit 1`
      expect(await inBox(cluster, 'sh', '-c', fetch)).toContain('hello')
      const whoAmI = await inBox(cluster, '/hyperkube', 'kubectl', 'auth', 'whoami')
      expect(whoAmI).toContain('system:serviceaccount:default:default')
    }
  })

  withNode('leave nothing when they are taken down, each alone', async () => {
    const [first, second] = clusters
    if (!first || !second) throw new Error('two clusters are up')
    expect(footprint(first.dir).containers).not.toEqual([])
    await down(first.dir, silent)
    expect(await inBox(second, 'echo', 'ok')).toBe('ok\n')
    await down(second.dir, silent)
    expect(dirs.map(footprint)).toEqual(before)
  })
})
