import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { clusterId } from './cluster-dir.ts'
import { kubeconfigPath, type ClusterRecord } from './cluster-record.ts'
import { installPackages, whyNoPackages } from './debian-packages.ts'
import { needKubectl } from './given-cluster.ts'
import { kubectlFor } from './kubectl.ts'
import { onPath, staticBusybox } from './node-tools.ts'
import { ownerVariable } from './owned-processes.ts'
import { runCommand } from './run-command.ts'
import type { Startup } from './startup.ts'
import { busyboxImage, writeTestImages } from './test-images.ts'
import { createPeople, newPeopleKeys } from './users.ts'

// A Docker that is there answers at once; a stopped one must not hold `up`.
const dockerTimeoutMs = 5_000

/** Whether kind can make clusters here. */
export async function kindIsUsable(): Promise<boolean> {
  if (onPath('kind') === undefined || onPath('docker') === undefined) return false
  try {
    await runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: dockerTimeoutMs })
    return true
  } catch {
    return false
  }
}

/** Starts a cluster with kind, under a name that follows from D. */
export async function startKindCluster(startup: Startup): Promise<ClusterRecord> {
  const path = needKubectl('kind')
  const name = kindName(startup.dir)
  const kubeconfig = kubeconfigPath(startup.dir, 'admin')
  startup.log(`creating the kind cluster ${name}`)
  await kind(startup, ['create', 'cluster', '--name', name, '--kubeconfig', kubeconfig, '--wait', '120s'])
  const folder = join(startup.dir, 'node')
  mkdirSync(folder, { recursive: true })
  const images = await writeTestImages(folder, await needBusybox(startup))
  await kind(startup, ['load', 'image-archive', images.busybox, '--name', name])
  await createPeople(startup, kubectlFor(startup.dir, path, startup.signal), await newPeopleKeys())
  return { provider: 'kind', node: { ready: true }, kubectl: path, images: { busybox: busyboxImage } }
}

/** Deletes what kind made for D; nothing, if kind made nothing. */
export async function deleteKindCluster(dir: string): Promise<void> {
  if (!(await kindIsUsable())) return
  const names = (await runCommand('kind', ['get', 'clusters'])).split('\n')
  // The kubeconfig is given so that kind does not edit the user's own.
  const args = ['delete', 'cluster', '--name', kindName(dir), '--kubeconfig', kubeconfigPath(dir, 'admin')]
  if (names.includes(kindName(dir))) await runCommand('kind', args)
}

function kindName(dir: string): string {
  return `sallyport-${clusterId(dir)}`
}

function kind(startup: Startup, args: readonly string[]): Promise<string> {
  return runCommand('kind', args, { env: { ...process.env, [ownerVariable]: startup.dir }, signal: startup.signal })
}

async function needBusybox(startup: Startup): Promise<string> {
  const obstacle = whyNoPackages()
  if (staticBusybox() === undefined && obstacle === undefined) await installPackages(['busybox-static'], startup.log)
  const found = staticBusybox()
  if (found === undefined)
    throw new Error(`the test image needs a static busybox on PATH (${obstacle ?? 'apt brought none'})`)
  return found
}
