import type { ApiProbe } from './api-probe.ts'
import { checkLength } from './cluster-dir.ts'
import type { NewCluster } from './cluster-record.ts'
import { startControlPlane } from './control-plane.ts'
import { installHyperkube } from './hyperkube.ts'
import { kubectlFor } from './kubectl.ts'
import { joinNode, openNode, startRuntime, type OpenNode } from './local-node.ts'
import { firstSlot, networkOf } from './network.ts'
import { newKeys, writePki } from './pki.ts'
import { together, type Startup } from './startup.ts'
import { busyboxImage } from './test-images.ts'
import { createPeople, newPeopleKeys } from './users.ts'
import { waitUntil } from './wait-until.ts'

// The controller manager makes it within a second of its start. Pods cannot be created before.
const serviceAccountDeadlineMs = 60_000

/** Starts a cluster from hyperkube's programs on this machine. It has a node if one can run here. */
export async function startLocalCluster(startup: Startup, wantsNode: boolean): Promise<NewCluster> {
  checkLength(startup.dir)
  const [program, node, keys, peopleKeys] = await together(startup, [
    installHyperkube(startup),
    wantsNode ? openNode(startup) : '--no-node was asked for',
    newKeys(),
    newPeopleKeys(),
  ])
  if (typeof node === 'string') startup.log(`only a control plane: ${node}`)
  const addresses = addressesOf(startup.dir, node)
  const pki = writePki(startup.dir, keys, addresses.network)
  const [controlPlane, runtime] = await together(startup, [
    startControlPlane(startup, { program, pki, ...addresses }),
    typeof node === 'string' ? undefined : startRuntime(startup, node),
  ])
  const { probe, etcdUrl, auditLog } = controlPlane
  const kubectl = kubectlFor(startup.dir, program('kubectl'), startup.signal)
  try {
    await together(startup, [
      waitForServiceAccount(startup, probe),
      createPeople(startup, kubectl, peopleKeys),
      typeof node === 'string' || !runtime
        ? undefined
        : joinNode(startup, { ...node, pki, program, containerdSocket: runtime.socket, probe }),
    ])
  } finally {
    await probe.close()
  }
  return {
    provider: 'local',
    node: typeof node === 'string' ? { ready: false, reason: node } : { ready: true },
    kubectl: kubectl.path,
    images: { busybox: busyboxImage, ...(runtime && { tools: runtime.tools }) },
    etcd: { url: etcdUrl },
    auditLog,
    hostAddress: addresses.listenOn,
    listenAddress: addresses.listenOn,
  }
}

function addressesOf(dir: string, node: OpenNode | string) {
  // Without a node, the control plane needs Service addresses to assign, but no one routes them: any slot will do.
  if (typeof node === 'string') return { network: networkOf(dir, firstSlot(dir)), listenOn: '127.0.0.1' }
  const { network } = node.sandbox
  return { network, listenOn: network.hostAddress }
}

async function waitForServiceAccount(startup: Startup, probe: ApiProbe): Promise<void> {
  const wait = { what: 'the default ServiceAccount', deadlineMs: serviceAccountDeadlineMs, signal: startup.signal }
  const path = '/api/v1/namespaces/default/serviceaccounts/default'
  await waitUntil(wait, async () => (await probe.get(path)) !== undefined)
}
