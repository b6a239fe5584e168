import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { controlGroupOf } from '../cluster/kubelet.ts'
import { hostLinkName } from '../cluster/network.ts'
import { ownedProcesses } from '../cluster/owned-processes.ts'

/**
 * All that a cluster leaves on a machine while it runs. These are lists and not counts, so that a difference names the
 * thing.
 */
export interface Footprint {
  /** The processes of the cluster, including those inside its node. */
  readonly processes: readonly string[]
  readonly containers: readonly string[]
  readonly networkNamespaces: readonly string[]
  readonly controlGroups: readonly string[]
  /** The mounts of the whole machine. */
  readonly mounts: readonly string[]
  readonly links: readonly string[]
  readonly routes: readonly string[]
  readonly firewallRules: readonly string[]
}

/** Looks at the machine. Other clusters that come and go meanwhile do not count. */
export function footprint(dir: string): Footprint {
  const processes = processesOf(dir)
  return {
    processes: processes.map(commandName),
    containers: processes.filter((pid) => commandName(pid) === 'containerd-shim'),
    networkNamespaces: networkNamespaces(processes),
    controlGroups: controlGroups(controlGroupOf(dir)),
    mounts: lines(readFileSync('/proc/self/mountinfo', 'utf8')),
    links: readdirSync('/sys/class/net').filter(isNotAnothers(dir)).sort(),
    routes: lines(readFileSync('/proc/net/route', 'utf8')).filter(isNotAnothers(dir)),
    firewallRules: firewallRules(),
  }
}

/** Returns the network namespaces of all processes of the machine. */
export function networkNamespacesInUse(): readonly string[] {
  return networkNamespaces(readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
}

/** Returns its marked processes, and all others in their process namespaces: its containers have no mark. */
function processesOf(dir: string): string[] {
  const owned = ownedProcesses(dir).map(String)
  const ours = new Set(owned.map((pid) => namespace(pid, 'pid')))
  ours.delete(namespace('self', 'pid'))
  ours.delete('')
  const inside = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && hasAncestorIn(name, ours))
  return [...new Set([...owned, ...inside])].sort()
}

/**
 * True if a parent is in one of these namespaces. A container has a process namespace of its own, but a parent in the
 * node's.
 */
function hasAncestorIn(pid: string, namespaces: ReadonlySet<string>): boolean {
  for (let at = pid; at !== '0' && at !== ''; at = parentOf(at)) if (namespaces.has(namespace(at, 'pid'))) return true
  return false
}

function parentOf(pid: string): string {
  return /^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? ''
}

function commandName(pid: string): string {
  return read(`/proc/${pid}/comm`).trim()
}

function networkNamespaces(pids: readonly string[]): string[] {
  const names = new Set(pids.map((pid) => namespace(pid, 'net')))
  names.delete(namespace('self', 'net'))
  names.delete('')
  return [...names].sort()
}

function namespace(pid: string, kind: 'net' | 'pid'): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`)
  } catch {
    return '' // It ended meanwhile.
  }
}

function controlGroups(name: string): string[] {
  const hierarchies = lines(readFileSync('/proc/self/mountinfo', 'utf8')).filter((line) => line.includes(' - cgroup'))
  return hierarchies.map((line) => join(line.split(' ')[4] ?? '', name)).filter(existsSync)
}

function firewallRules(): string[] {
  const saved = spawnSync('iptables-save', { encoding: 'utf8' })
  return saved.error ? [] : lines(saved.stdout).filter((line) => line.startsWith('-A') || line.startsWith(':'))
}

/** Matches a link, or a route over one, that does not belong to another cluster. */
function isNotAnothers(dir: string): (line: string) => boolean {
  return (line) => !line.startsWith('sally-') || line.startsWith(hostLinkName(dir))
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // It ended meanwhile.
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
