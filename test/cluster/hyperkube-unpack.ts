import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { userCache } from './cluster-dir.ts'
import { installPackages, whyNoPackages } from './debian-packages.ts'
import { kubernetesVersion } from './kubernetes-version.ts'
import { onPath } from './node-tools.ts'
import type { Startup } from './startup.ts'

const archive = `hyperkube-${kubernetesVersion}-linux-amd64.xz`
// Of the unpacked file: a cache folder is somebody else's to fill, and what comes out of it runs as root.
const expectedSha256 = '1b3421de21d61e79f41699162f61645621a8b68b0af04e9654e0541a0e2b7b8e'
const executable = 0o755

/** The binary from the folder that SALLYPORT_KUBE_CACHE names, unpacked and checked once per user. */
export async function unpackHyperkube(startup: Startup, cache: string): Promise<string> {
  const source = join(cache, archive)
  const folder = join(userCache(), `hyperkube-${expectedSha256}`)
  const binary = join(folder, 'hyperkube')
  if (existsSync(binary)) return binary
  if (!existsSync(source)) throw new Error(`SALLYPORT_KUBE_CACHE is ${cache}, but there is no ${archive} in it`)
  if (process.arch !== 'x64')
    throw new Error(`${archive} is for x64, this is ${process.arch}: unset SALLYPORT_KUBE_CACHE`)
  await needXz(startup)
  startup.log(`unpacking ${archive}`)
  mkdirSync(folder, { recursive: true })
  const beside = `${binary}.${process.pid}.new`
  try {
    await unpack(source, beside, startup.signal)
    renameSync(beside, binary)
  } finally {
    rmSync(beside, { force: true })
  }
  return binary
}

async function unpack(source: string, target: string, signal: AbortSignal): Promise<void> {
  const xz = spawn('xz', ['--decompress', '--stdout', source], { stdio: ['ignore', 'pipe', 'inherit'], signal })
  const hash = createHash('sha256')
  const tap = new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk))
  const ended = once(xz, 'close')
  await pipeline(xz.stdout, tap, createWriteStream(target, { mode: executable }))
  await ended
  const actual = hash.digest('hex')
  if (actual !== expectedSha256) {
    throw new Error(`${source} unpacks to sha256 ${actual}, expected ${expectedSha256}: not used`)
  }
}

async function needXz(startup: Startup): Promise<void> {
  if (onPath('xz') !== undefined) return
  const obstacle = whyNoPackages()
  if (obstacle !== undefined) throw new Error(`xz is needed to unpack ${archive}: install xz-utils (${obstacle})`)
  await installPackages(['xz-utils'], startup.log)
}
