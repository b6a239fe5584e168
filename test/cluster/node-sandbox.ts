import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDaemon, waitForDaemon, type DaemonSpec } from './daemon.ts'
import { firstSlot, hostLinkName, networkOf, slotCount, type Network } from './network.ts'
import { CommandFailed, runCommand } from './run-command.ts'
import { sandboxScript, writeKernelSettings } from './sandbox-script.ts'
import type { Startup } from './startup.ts'

/**
 * The node's own network, mount and process namespaces. The kubelet, containerd, kube-proxy and the pods make links,
 * rules, mounts and processes. All of these live in the namespaces, and the kernel removes them with the sandbox's
 * first process. So two nodes do not meet, and nothing of this machine is changed.
 */
export interface NodeSandbox {
  readonly network: Network
  /** Returns the same program, as it is seen and run inside. */
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

/**
 * Returns the process id of the namespace's first process. `unshare` made it and waits for it; it has no other child.
 */
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

/**
 * Claims a free slot. The kernel takes a route only once, so if two clusters want the same slot, one of them looks
 * further.
 */
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
