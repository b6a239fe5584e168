import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { GoTool } from './go-tool.ts'
import { madeOnce } from './made-once.ts'
import { onPath } from './node-tools.ts'
import { CommandFailed, runCommand } from './run-command.ts'
import type { Log, Work } from './startup.ts'

const sources = fileURLToPath(new URL('.', import.meta.url))
const progressMs = 10_000
const toldLines = 20
// Enough of the hash to tell one source from another.
const keyLength = 16

/**
 * Returns the binary, compiled from Go modules. That takes minutes the first time; later it comes from the user's
 * cache.
 */
export function compileTool(work: Work, tool: GoTool): Promise<string> {
  return madeOnce(work, {
    name: `${tool.name}-${sourceKey(tool)}`,
    doing: `compiles ${tool.title}`,
    make: async (target) => {
      await needGo(tool)
      const { title, version, minutes } = tool
      work.log(`compiling ${title} ${version} from Go modules, once: about ${minutes} minutes on 2 cores`)
      await build(work, tool, target)
    },
  })
}

/** Returns a tool's folder with go.mod and go.sum. */
function moduleFolder({ module }: GoTool): string {
  return join(sources, module)
}

function sourceKey({ version, module, source }: GoTool): string {
  const hash = createHash('sha256').update(`${version} ${process.platform} ${process.arch}`)
  const files = [`${module}/go.mod`, `${module}/go.sum`, ...(source === undefined ? [] : [source])]
  for (const file of files) hash.update(readFileSync(join(sources, file)))
  return hash.digest('hex').slice(0, keyLength)
}

async function needGo({ title, version, go, otherwise }: GoTool): Promise<void> {
  const needed = `Go ${go.major}.${go.minor} or newer`
  const help = `install ${needed} (https://go.dev/dl), or ${otherwise}`
  if (onPath('go') === undefined) throw new Error(`there is no Go to compile ${title} ${version}: ${help}`)
  const installed = await runCommand('go', ['env', 'GOVERSION'])
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(installed) ?? []).map(Number)
  const isNewEnough = major > go.major || (major === go.major && minor >= go.minor)
  if (!isNewEnough) throw new Error(`this is ${installed.trim()}, too old for ${title} ${version}: ${help}`)
}

async function build({ log, signal }: Work, tool: GoTool, target: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOTMPDIR: dirname(target) }
  // The kernel interrupts the compiler when this process dies, however it dies. Go then finishes the packages it has
  // begun.
  const go = (args: readonly string[], onProgress?: (chunk: string) => void) =>
    runCommand('setpriv', ['--pdeathsig', 'INT', 'nice', 'go', ...args], {
      env,
      signal,
      ...(onProgress && { onProgress }),
    })
  const folder = moduleFolder(tool)
  const tags = ['-tags', (tool.tags ?? []).join(',')]
  const total = (await go(['list', '-C', folder, ...tags, '-deps', tool.program])).split('\n').length
  const progress = reportProgress(log, total)
  try {
    const flags = ['-v', ...tags, '-trimpath', '-ldflags', linkerFlags(tool), '-o', target]
    await go(['build', '-C', folder, ...flags, tool.program], progress.see)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof CommandFailed
      ? new Error(`${tool.title} does not compile:\n${lastLines(error.stderr)}`)
      : error
  } finally {
    progress.stop()
  }
}

/** Returns the last lines: the error is there, after thousands of names of packages. */
function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-toldLines).join('\n')
}

/** Returns linker flags, which also set the version. Otherwise the program would not know it. */
function linkerFlags({ variables }: GoTool): string {
  return ['-s', '-w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ')
}

/** Logs the progress. `go build -v` names each package that it compiles, and does not name those in its cache. */
function reportProgress(log: Log, total: number) {
  let compiled = 0
  const timer = setInterval(() => {
    log(compiled === 0 ? 'fetching Go modules' : `compiled ${compiled} of at most ${total} packages`)
  }, progressMs)
  return {
    see: (chunk: string) => {
      compiled += chunk.split('\n').filter((line) => line !== '' && !line.startsWith('go:')).length
    },
    stop: () => {
      clearInterval(timer)
    },
  }
}
