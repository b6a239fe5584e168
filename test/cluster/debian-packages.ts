import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { userCache } from './cluster-dir.ts'
import { runCommand } from './run-command.ts'
import type { Log } from './startup.ts'

// A mirror that answers needs half a minute. One that does not must not keep `up` waiting for ever.
const aptTimeoutMs = 300_000
const aptEnv = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }

/** Returns the reason why packages cannot be installed here, or undefined if they can. */
export function whyNoPackages(): string | undefined {
  if (!existsSync('/etc/debian_version')) return 'this is not Debian'
  if (process.getuid?.() !== 0) return 'you are not root'
  return undefined
}

/** Installs Debian packages, and logs that first. Two processes that install at once wait for each other. */
export async function installPackages(names: readonly string[], log: Log): Promise<void> {
  log(`installing Debian packages, about 30 s: ${names.join(' ')}`)
  mkdirSync(userCache(), { recursive: true })
  const lock = join(userCache(), 'apt.lock')
  const apt = (...args: string[]) =>
    runCommand('flock', [lock, 'unshare', '--mount', 'sh', '-c', withoutServices, 'sh', ...args], {
      env: aptEnv,
      timeoutMs: aptTimeoutMs,
    })
  await apt('update', '-qq')
  await apt('install', '-qq', '--yes', '--no-install-recommends', ...names)
}

// containerd's package would start a containerd for the whole machine. Packages start services only if systemd's folder
// is not empty, so apt runs with an empty one. That ends with apt, however apt ends.
const withoutServices = '[ ! -d /run/systemd ] || mount -t tmpfs tmpfs /run/systemd; exec apt-get "$@"'
