import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, foldersOf } from '../../src/cluster/kube-config/find-program.ts'
import { installMissing, type Need } from './needed-packages.ts'
import { nodeObstacle } from './node-obstacle.ts'
import { isStatic } from './static-binary.ts'
import type { Log } from './startup.ts'

/** The programs that a node needs, besides hyperkube. */
export interface NodeTools {
  readonly containerd: string
  readonly busybox: string
  /** The folder of the CNI plugins. */
  readonly cniPlugins: string
}

const cniFolders = ['/usr/lib/cni', '/opt/cni/bin']
const cniPlugins = ['bridge', 'host-local', 'loopback', 'portmap']

// The programs that are needed: how each is found, and its Debian package.
const needs: readonly Need[] = [
  { package: 'containerd', isThere: () => onPath('containerd') !== undefined && onPath('ctr') !== undefined },
  { package: 'runc', isThere: () => onPath('runc') !== undefined },
  { package: 'containernetworking-plugins', isThere: () => cniFolder() !== undefined },
  { package: 'iptables', isThere: () => onPath('iptables') !== undefined },
  { package: 'iproute2', isThere: () => onPath('ip') !== undefined },
  { package: 'conntrack', isThere: () => onPath('conntrack') !== undefined },
  { package: 'util-linux', isThere: () => onPath('unshare') !== undefined && onPath('nsenter') !== undefined },
  { package: 'busybox-static', isThere: () => staticBusybox() !== undefined },
]

/**
 * Returns the absolute path of a program, as a shell would find it. It also looks in the administrator's folders if
 * PATH lacks them.
 */
export function onPath(program: string): string | undefined {
  return findProgram(program, [...foldersOf(process.env['PATH']), '/usr/local/sbin', '/usr/sbin', '/sbin'])
}

/** Finds or installs the programs that a node needs. A string is the reason why there can be no node. */
export async function findNodeTools(log: Log): Promise<NodeTools | string> {
  const obstacle = await nodeObstacle()
  if (obstacle !== undefined) return obstacle
  return (await installMissing('a node needs', needs, log)) ?? located()
}

/** Returns the busybox that test images are made from. */
export function staticBusybox(): string | undefined {
  const found = onPath('busybox')
  return found !== undefined && isStatic(found) ? found : undefined
}

function located(): NodeTools | string {
  const tools = { containerd: onPath('containerd'), busybox: staticBusybox(), cni: cniFolder() }
  const { containerd, busybox, cni } = tools
  if (!containerd || !busybox || !cni) return 'a node needs programs that vanished while they were looked for'
  return { containerd, busybox, cniPlugins: cni }
}

function cniFolder(): string | undefined {
  return cniFolders.find((folder) => cniPlugins.every((plugin) => existsSync(join(folder, plugin))))
}
