import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDaemon, waitForDaemon, type DaemonSpec } from './daemon.ts'
import { firstSlot, hostLinkName, networkOf, slotCount, type Network } from './network.ts'
import { CommandFailed, runCommand } from './run-command.ts'
import { sandboxScript, writeKernelSettings } from './sandbox-script.ts'
import type { Startup } from './startup.ts'

/**
 * The node's own network, mount and process namespaces. Whatever the kubelet, containerd, kube-proxy and the pods make of
 * links, rules, mounts and processes lives in them, and the kernel removes all of it with the sandbox's first process.
 * So two nodes do not meet, and nothing of this machine is changed.
 */
export interface NodeSandbox {
  readonly network: Network
  /** The same program, as seen and run inside. */
  readonly inside: (spec: DaemonSpec) => DaemonSpec
}

/** Opens the sandbox and links it to this machine. */
export async function openNodeSandbox(startup: Startup): Promise<NodeSandbox> {
  const { dir } = startup
  mkdirSync(join(dir, 'node'), { recursive: true })
  const script = join(dir, 'node', 'sandbox.sh')
  const open = join(dir, 'node', 'open')
  writeFileSync(script, sandboxScript(dir, writeKernelSettings(dir), open))
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--propagation', 'private']
  const daemon = startDaemon(startup, { name: 'sandbox', command: 'unshare', args: [...namespaces, 'sh', script] })
  await waitForDaemon(startup, { name: 'sandbox', daemon, ready: () => existsSync(open) })
  const first = firstProcess(daemon.pid)
  const network = await link(dir, first)
  return {
    network,
    inside: ({ name, command, args }) => ({
      name,
      command: 'nsenter',
      args: ['--target', first, '--net', '--mount', '--pid', '--', command, ...args],
    }),
  }
}

/** unshare waits for the process that it made the first of the namespace; it has no other child. */
function firstProcess(unshare: number): string {
  return readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8').trim()
}

async function link(dir: string, first: string): Promise<Network> {
  const name = hostLinkName(dir)
  await runCommand('ip', ['link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', first])
  await runCommand('ip', ['link', 'set', name, 'up'])
  const network = await claimSlot(dir)
  await runCommand('ip', ['address', 'add', `${network.hostAddress}/30`, 'dev', name])
  const inside = (...args: string[]) => runCommand('nsenter', ['--target', first, '--net', 'ip', ...args])
  await inside('address', 'add', `${network.nodeAddress}/30`, 'dev', 'eth0')
  await inside('link', 'set', 'eth0', 'up')
  await inside('route', 'add', 'default', 'via', network.hostAddress)
  return network
}

/** The kernel takes a route once only: so of two clusters that want the same slot one is told to look further. */
async function claimSlot(dir: string): Promise<Network> {
  for (let tried = 0; tried < slotCount; tried++) {
    const network = networkOf(dir, (firstSlot(dir) + tried) % slotCount)
    const route = ['route', 'add', network.podRange, 'via', network.nodeAddress, 'dev', network.hostLink, 'onlink']
    try {
      await runCommand('ip', route)
      return network
    } catch (error) {
      if (!(error instanceof CommandFailed) || !error.stderr.includes('File exists')) throw error
    }
  }
  throw new Error(`all ${slotCount} address ranges for test clusters are in use on this machine`)
}
