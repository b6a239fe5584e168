import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDaemon, waitForDaemon } from './daemon.ts'
import { listens } from './network-probe.ts'
import type { NodeSandbox } from './node-sandbox.ts'
import { onPath, type NodeTools } from './node-tools.ts'
import { runCommand } from './run-command.ts'
import type { Startup } from './startup.ts'
import { pauseImage } from './test-images.ts'

export interface Containerd {
  readonly socket: string
  readonly importImage: (archive: string) => Promise<void>
}

/** Starts containerd in the sandbox, with all of its state in D. */
export async function startContainerd(startup: Startup, sandbox: NodeSandbox, tools: NodeTools): Promise<Containerd> {
  const folder = folderIn(startup.dir)
  const socket = socketIn(startup.dir)
  const config = join(folder, 'config.toml')
  const networks = join(folder, 'net.d')
  mkdirSync(networks, { recursive: true })
  writeFileSync(join(networks, '10-bridge.conflist'), bridgeNetwork(folder, sandbox.network.podRange))
  const snapshotter = await bestSnapshotter(startup.dir)
  writeFileSync(config, configuration({ folder, socket, networks, plugins: tools.cniPlugins, snapshotter }))
  const spec = { name: 'containerd', command: tools.containerd, args: ['--config', config] }
  const daemon = startDaemon(startup, sandbox.inside(spec))
  await waitForDaemon(startup, { name: 'containerd', daemon, ready: () => listens(socket) })
  return { socket, importImage: (archive) => importImage(startup.dir, archive, startup.signal) }
}

/**
 * Imports an image archive into the containerd that runs in D. Only containerd works in the sandbox; its client asks by
 * the socket.
 */
export async function importImage(dir: string, archive: string, signal?: AbortSignal): Promise<void> {
  const image = ['image', 'import', '--snapshotter', await bestSnapshotter(dir), archive]
  const args = ['--address', socketIn(dir), '--namespace', 'k8s.io', ...image]
  await runCommand(onPath('ctr') ?? 'ctr', args, { env: process.env, ...(signal && { signal }) })
}

function folderIn(dir: string): string {
  return join(dir, 'containerd')
}

function socketIn(dir: string): string {
  return join(folderIn(dir), 'containerd.sock')
}

interface Configuration {
  readonly folder: string
  readonly socket: string
  readonly networks: string
  readonly plugins: string
  readonly snapshotter: string
}

function configuration({ folder, socket, networks, plugins, snapshotter }: Configuration): string {
  const text = JSON.stringify // TOML's basic strings are JSON's.
  return `version = 2
root = ${text(join(folder, 'root'))}
state = ${text(join(folder, 'state'))}
[grpc]
  address = ${text(socket)}
[plugins."io.containerd.internal.v1.opt"]
  path = ${text(join(folder, 'opt'))}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(pauseImage)}
  # Without CAP_SYS_RESOURCE runc may not lower the score, and fails with an error about a pipe.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = ${text(snapshotter)}
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(plugins)}
    conf_dir = ${text(networks)}
`
}

/**
 * Configures a bridge of the node's own for pods. This machine has a route to it, so pods and API server can reach each
 * other.
 */
function bridgeNetwork(folder: string, podRange: string): string {
  return JSON.stringify({
    cniVersion: '0.4.0',
    name: 'sallyport',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pods',
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: join(folder, 'addresses'),
          ranges: [[{ subnet: podRange }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  })
}

/**
 * Returns overlayfs if D's file system supports it (another overlay, as in many containers, does not), else plain
 * copies.
 */
async function bestSnapshotter(dir: string): Promise<'overlayfs' | 'native'> {
  const probe = join(dir, 'node', 'overlay')
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) => join(probe, name))
  for (const folder of [lower, upper, work, merged]) mkdirSync(folder ?? '', { recursive: true })
  const options = `lowerdir=${lower ?? ''},upperdir=${upper ?? ''},workdir=${work ?? ''}`
  try {
    // This runs in a mount namespace that ends with the command.
    await runCommand('unshare', ['--mount', 'mount', '-t', 'overlay', '-o', options, 'overlay', merged ?? ''])
    return 'overlayfs'
  } catch {
    return 'native'
  }
}
