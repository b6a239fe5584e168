import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { installPackages, whyNoPackages } from './debian-packages.ts'
import type { GoTool } from './go-tool.ts'
import { madeOnce } from './made-once.ts'
import { onPath } from './node-tools.ts'
import type { Log, Work } from './startup.ts'

const executable = 0o755

/** Returns the name of a tool's file in a cache folder. */
export function archiveName({ name, version }: GoTool): string {
  return `${name}-${version}-linux-amd64.xz`
}

/** Returns the binary from the folder that SALLYPORT_KUBE_CACHE names. It is unpacked and checked once per user. */
export function unpackTool(work: Work, tool: GoTool, cache: string): Promise<string> {
  const archive = archiveName(tool)
  const source = join(cache, archive)
  return madeOnce(work, {
    name: `${tool.name}-${tool.sha256}`,
    doing: `unpacks ${archive}`,
    make: async (target) => {
      if (process.arch !== 'x64')
        throw new Error(`${archive} is for x64, this is ${process.arch}: unset SALLYPORT_KUBE_CACHE`)
      await needXz(work.log, archive)
      work.log(`unpacking ${archive}`)
      const actual = await unpack(source, target, work.signal)
      if (actual !== tool.sha256)
        throw new Error(`${source} unpacks to sha256 ${actual}, expected ${tool.sha256}: not used`)
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
