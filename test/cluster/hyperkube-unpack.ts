import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { installPackages, whyNoPackages } from './debian-packages.ts'
import type { KubernetesRelease } from './kubernetes-version.ts'
import { madeOnce } from './made-once.ts'
import { onPath } from './node-tools.ts'
import type { Log, Work } from './startup.ts'

const executable = 0o755

/** Returns the binary from the folder that SALLYPORT_KUBE_CACHE names. It is unpacked and checked once per user. */
export function unpackHyperkube(work: Work, { version, sha256 }: KubernetesRelease, cache: string): Promise<string> {
  const archive = `hyperkube-${version}-linux-amd64.xz`
  const source = join(cache, archive)
  return madeOnce(work, {
    name: `hyperkube-${sha256}`,
    doing: `unpacks ${archive}`,
    make: async (target) => {
      if (!existsSync(source)) throw new Error(`SALLYPORT_KUBE_CACHE is ${cache}, but there is no ${archive} in it`)
      if (process.arch !== 'x64')
        throw new Error(`${archive} is for x64, this is ${process.arch}: unset SALLYPORT_KUBE_CACHE`)
      await needXz(work.log, archive)
      work.log(`unpacking ${archive}`)
      const actual = await unpack(source, target, work.signal)
      if (actual !== sha256) throw new Error(`${source} unpacks to sha256 ${actual}, expected ${sha256}: not used`)
    },
  })
}

async function unpack(source: string, target: string, signal: AbortSignal): Promise<string> {
  const xz = spawn('xz', ['--decompress', '--stdout', source], { stdio: ['ignore', 'pipe', 'inherit'], signal })
  const hash = createHash('sha256')
  const tap = new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk))
  const ended = once(xz, 'close')
  await pipeline(xz.stdout, tap, createWriteStream(target, { mode: executable }))
  await ended
  return hash.digest('hex')
}

async function needXz(log: Log, archive: string): Promise<void> {
  if (onPath('xz') !== undefined) return
  const obstacle = whyNoPackages()
  if (obstacle !== undefined) throw new Error(`xz is needed to unpack ${archive}: install xz-utils (${obstacle})`)
  await installPackages(['xz-utils'], log)
}
