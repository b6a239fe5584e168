import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { needBusybox } from './busybox.ts'
import { clusterId } from './cluster-dir.ts'
import { kubeconfigPath, type NewCluster } from './cluster-record.ts'
import { findCallAddress } from './find-call-address.ts'
import { createWithKind } from './kind-create.ts'
import { removeKindContainers } from './kind-containers.ts'
import { kubectlFor } from './kubectl.ts'
import { onPath } from './node-tools.ts'
import { runCommand } from './run-command.ts'
import type { Startup } from './startup.ts'
import { busyboxImage, writeTestImages } from './test-images.ts'
import { adminServer, createPeople, newPeopleKeys } from './users.ts'

// kind ends before the node is ready. The images of the node are there already.
const nodeReadyWithin = '--timeout=300s'

/** Starts a cluster with kind, under a name that follows from D. */
export async function startKindCluster(startup: Startup): Promise<NewCluster> {
  const name = kindName(startup.dir)
  // This comes first, because it may fail: a cluster takes minutes.
  const busybox = await needBusybox(startup)
  startup.log(`creating the kind cluster ${name}; the first time kind brings an image of some hundred megabytes`)
  writeFileSync(noteOf(startup.dir), name)
  await createWithKind(startup, name, kubeconfigPath(startup.dir, 'admin'))
  const path = onPath('kubectl') ?? (await kubectlOfNode(startup, name))
  const kubectl = kubectlFor(startup.dir, path, startup.signal)
  await kubectl.as('admin', ['wait', '--for=condition=Ready', 'node', '--all', nodeReadyWithin])
  const folder = join(startup.dir, 'node')
  mkdirSync(folder, { recursive: true })
  const images = await writeTestImages(folder, busybox)
  for (const archive of [images.busybox, images.tools]) await loadIntoKind(startup.dir, archive, startup.signal)
  await createPeople(startup, kubectl, await newPeopleKeys())
  const { calledHost, listenHost } = await findCallAddress(await adminServer(kubectl))
  return {
    provider: 'kind',
    node: { ready: true },
    kubectl: path,
    images: { busybox: busyboxImage, tools: images.pinnedTools },
    hostAddress: calledHost,
    listenAddress: listenHost,
  }
}

/** Loads an image archive into the nodes of the kind cluster of D. */
export async function loadIntoKind(dir: string, archive: string, signal?: AbortSignal): Promise<void> {
  const args = ['load', 'image-archive', archive, '--name', kindName(dir)]
  await runCommand('kind', args, { env: process.env, ...(signal && { signal }) })
}

/** Deletes what kind made for D. It fails if Docker does not answer, so that D stays as a sign of what is left. */
export async function deleteKindCluster(dir: string): Promise<void> {
  if (existsSync(noteOf(dir))) await removeKindContainers(kindName(dir))
}

/** Returns the path of the note that kind was started, even if the cluster never got a record. */
function noteOf(dir: string): string {
  return join(dir, 'kind')
}

function kindName(dir: string): string {
  return `sallyport-${clusterId(dir)}`
}

/** Copies kubectl out of the kind node. On Linux it also runs here. */
async function kubectlOfNode({ dir, log }: Startup, name: string): Promise<string> {
  log('kubectl is not on PATH: taking the one of the node')
  const path = join(dir, 'kubectl')
  await runCommand('docker', ['cp', '--follow-link', `${name}-control-plane:/usr/bin/kubectl`, path])
  return path
}
