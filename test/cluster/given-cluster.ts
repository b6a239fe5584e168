import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { kubeconfigPath, type NewCluster, type NodeState } from './cluster-record.ts'
import { findCallAddress } from './find-call-address.ts'
import { kubectlFor, type Kubectl } from './kubectl.ts'
import { onPath } from './node-tools.ts'
import { runCommand } from './run-command.ts'
import type { Startup } from './startup.ts'
import { adminServer, createPeople, newPeopleKeys } from './users.ts'
import { writeWhole } from './write-whole.ts'

// For a cluster that pulls from a registry. If it cannot pull, another image is named.
const defaultTestImage = 'busybox:1.37'

/** Uses the cluster of an existing kubeconfig. `up` leaves no object in it: certificates are not objects. */
export async function useGivenCluster(startup: Startup, kubeconfig: string): Promise<NewCluster> {
  const path = onPath('kubectl')
  if (path === undefined) throw new Error('SALLYPORT_KUBECONFIG needs kubectl on PATH')
  const flat = ['config', 'view', '--raw', '--flatten', '--minify']
  writeWhole(
    kubeconfigPath(startup.dir, 'admin'),
    await runCommand(path, [`--kubeconfig=${kubeconfig}`, ...flat], { env: process.env, signal: startup.signal }),
  )
  const kubectl = kubectlFor(startup.dir, path, startup.signal)
  await createPeople(startup, kubectl, await newPeopleKeys())
  const { calledHost, listenHost } = await findCallAddress(await adminServer(kubectl))
  const image = process.env['SALLYPORT_TEST_IMAGE'] ?? defaultTestImage
  return {
    provider: 'given',
    node: await nodeState(kubectl),
    kubectl: path,
    images: { busybox: image, ...(image.includes('@sha256:') && { tools: image }) },
    hostAddress: calledHost,
    listenAddress: listenHost,
  }
}

const nodes = Type.Object({ items: Type.Array(Type.Unknown()) })

async function nodeState(kubectl: Kubectl): Promise<NodeState> {
  const answer: unknown = JSON.parse(await kubectl.as('admin', ['get', 'nodes', '-o', 'json']))
  const hasNodes = Value.Parse(nodes, answer).items.length > 0
  return hasNodes ? { ready: true } : { ready: false, reason: 'the given cluster has no nodes' }
}
