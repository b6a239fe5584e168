import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { userCache } from './cluster-dir.ts'
import { installPackages, whyNoPackages } from './debian-packages.ts'
import { chosenRelease } from './kubernetes-version.ts'
import { onPath } from './node-tools.ts'
import type { Startup } from './startup.ts'

const executable = 0o755

/** The binary from the folder that SALLYPORT_KUBE_CACHE names, unpacked and checked once per user. */
export async function unpackHyperkube(startup: Startup, cache: string): Promise<string> {
  const { version, sha256 } = chosenRelease()
  const archive = `hyperkube-${version}-linux-amd64.xz`
  const source = join(cache, archive)
  const folder = join(userCache(), `hyperkube-${sha256}`)
  const binary = join(folder, 'hyperkube')
  if (existsSync(binary)) return binary
  if (!existsSync(source)) throw new Error(`SALLYPORT_KUBE_CACHE is ${cache}, but there is no ${archive} in it`)
  if (process.arch !== 'x64')
    throw new Error(`${archive} is for x64, this is ${process.arch}: unset SALLYPORT_KUBE_CACHE`)
  await needXz(startup, archive)
  startup.log(`unpacking ${archive}`)
  mkdirSync(folder, { recursive: true })
  const beside = `${binary}.${process.pid}.new`
  try {
    await unpack({ source, target: beside, expectedSha256: sha256 }, startup.signal)
    renameSync(beside, binary)
  } finally {
    rmSync(beside, { force: true })
  }
  return binary
}

interface Unpacking {
  readonly source: string
  readonly target: string
  readonly expectedSha256: string
}

async function unpack({ source, target, expectedSha256 }: Unpacking, signal: AbortSignal): Promise<void> {
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

async function needXz(startup: Startup, archive: string): Promise<void> {
  if (onPath('xz') !== undefined) return
  const obstacle = whyNoPackages()
  if (obstacle !== undefined) throw new Error(`xz is needed to unpack ${archive}: install xz-utils (${obstacle})`)
  await installPackages(['xz-utils'], startup.log)
}
