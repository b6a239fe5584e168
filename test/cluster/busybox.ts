import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { installPackages, whyNoPackages } from './debian-packages.ts'
import { staticBusybox } from './node-tools.ts'
import { runCommand } from './run-command.ts'
import type { Startup } from './startup.ts'
import { isStatic } from './static-binary.ts'

/** A static busybox for Linux, and the names of its applets. */
export interface Busybox {
  readonly path: string
  readonly applets: readonly string[]
}

// Its tag has no `glibc`: such a busybox is static.
const publicImage = 'busybox:1.37'

/** Returns the busybox of this machine. */
export async function ownBusybox(path: string): Promise<Busybox> {
  return { path, applets: words(await runCommand(path, ['--list'])) }
}

/** Returns the busybox of this machine, else Debian's, else the one from a public image, which Docker pulls. */
export async function needBusybox(startup: Startup): Promise<Busybox> {
  if (staticBusybox() === undefined && whyNoPackages() === undefined) {
    await installPackages(['busybox-static'], startup.log)
  }
  const found = staticBusybox()
  return found === undefined ? busyboxFromImage(startup) : ownBusybox(found)
}

async function busyboxFromImage({ dir, log, signal }: Startup): Promise<Busybox> {
  log(`no static busybox is on PATH: Docker takes the one in ${publicImage}`)
  const folder = join(dir, 'node')
  const path = join(folder, 'busybox')
  mkdirSync(folder, { recursive: true })
  const docker = (...args: readonly string[]): Promise<string> =>
    runCommand('docker', args, {
      env: process.env,
      signal,
      onProgress: (text) => {
        log(text.trim())
      },
    })
  const container = (await docker('create', publicImage)).trim()
  try {
    await docker('cp', '--follow-link', `${container}:/bin/busybox`, path)
  } finally {
    await runCommand('docker', ['rm', '--force', '--volumes', container])
  }
  if (!isStatic(path)) throw new Error(`the busybox of ${publicImage} is not static: put a static one on PATH`)
  return { path, applets: words(await docker('run', '--rm', publicImage, '/bin/busybox', '--list')) }
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
