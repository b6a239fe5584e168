import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The kernel settings that the kubelet insists on. It would set them for the whole machine, but in the sandbox it finds
 * files that say they are set already.
 */
const kernelSettings = {
  'vm/overcommit_memory': 1,
  'vm/panic_on_oom': 0,
  'kernel/panic': 10,
  'kernel/panic_on_oops': 1,
  'kernel/keys/root_maxkeys': 1_000_000,
  'kernel/keys/root_maxbytes': 25_000_000,
}

/** The folders where containerd, CNI, the kubelet and iptables leave files outside of the folders they are given. */
const hiddenFolders = ['/run', '/var/lib', '/var/log']

export interface KernelSetting {
  readonly ours: string
  readonly theirs: string
}

/** Writes the files that stand for the machine's kernel settings. */
export function writeKernelSettings(dir: string): KernelSetting[] {
  return Object.entries(kernelSettings).map(([name, value]) => {
    const ours = join(dir, 'node', 'sys', name)
    mkdirSync(join(ours, '..'), { recursive: true })
    writeFileSync(ours, `${value}\n`)
    return { ours, theirs: `/proc/sys/${name}` }
  })
}

/**
 * Returns the script of the sandbox's first process: it sets up the sandbox, says so, and then reaps every process that
 * dies in it.
 */
export function sandboxScript(dir: string, settings: readonly KernelSetting[], open: string): string {
  return [
    'set -eu',
    // Pods may ask for mount propagation, which needs a shared root. It is shared only among the sandbox's own mounts.
    'mount --make-rshared /',
    'mount -t proc proc /proc',
    ...hiddenFolders.flatMap((folder) => hide(folder, dir)),
    ...settings.map(({ ours, theirs }) => `[ ! -e ${quote(theirs)} ] || mount --bind ${quote(ours)} ${quote(theirs)}`),
    'mkdir -p /run/netns /run/containerd',
    'ip link set lo up',
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    `: > ${quote(open)}`,
    // A shell that waits for one child reaps every orphan meanwhile.
    'while :; do sleep 86400 & wait $!; done',
    '',
  ].join('\n')
}

/**
 * Returns commands that lay an empty folder over one of the machine's. If D lies below it, D is put back through the
 * shell's own folder.
 */
function hide(folder: string, dir: string): string[] {
  const mount = `mount -t tmpfs -o mode=755 tmpfs ${folder}`
  if (!dir.startsWith(`${folder}/`)) return [mount]
  const quoted = quote(dir)
  return [`cd ${quoted}`, mount, `mkdir -p ${quoted}`, `mount --no-canonicalize --bind . ${quoted}`, 'cd /']
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
