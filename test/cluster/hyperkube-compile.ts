import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { KubernetesRelease } from './kubernetes-version.ts'
import { madeOnce } from './made-once.ts'
import { onPath } from './node-tools.ts'
import { CommandFailed, runCommand } from './run-command.ts'
import type { Log, Work } from './startup.ts'

const source = fileURLToPath(new URL('hyperkube', import.meta.url))
// One program for all releases. The path is relative to the folder of a release.
const program = '../main.go'
const progressMs = 10_000
const toldLines = 20
// Enough of the hash to tell one source from another.
const keyLength = 16

/**
 * Returns the binary, compiled from Go modules. That takes minutes the first time; later it comes from the user's
 * cache.
 */
export function compileHyperkube(work: Work, release: KubernetesRelease): Promise<string> {
  return madeOnce(work, {
    name: `hyperkube-${sourceKey(release)}`,
    doing: 'compiles Kubernetes',
    make: async (target) => {
      await needGo(release)
      work.log(`compiling Kubernetes ${release.version} from Go modules, once: about 10 minutes on 2 cores`)
      await build(work, release, target)
    },
  })
}

function sourceKey({ name, version }: KubernetesRelease): string {
  const hash = createHash('sha256').update(`${version} ${process.platform} ${process.arch}`)
  for (const file of [`${name}/go.mod`, `${name}/go.sum`, 'main.go']) hash.update(readFileSync(join(source, file)))
  return hash.digest('hex').slice(0, keyLength)
}

async function needGo(release: KubernetesRelease): Promise<void> {
  const needed = `Go ${release.go.major}.${release.go.minor} or newer`
  const help = `install ${needed} (https://go.dev/dl), or give a cluster of your own with SALLYPORT_KUBECONFIG`
  if (onPath('go') === undefined) throw new Error(`no cluster, no Docker with kind, and no Go to compile one: ${help}`)
  const installed = await runCommand('go', ['env', 'GOVERSION'])
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(installed) ?? []).map(Number)
  const isNewEnough = major > release.go.major || (major === release.go.major && minor >= release.go.minor)
  if (!isNewEnough) throw new Error(`this is ${installed.trim()}, too old for Kubernetes ${release.version}: ${help}`)
}

async function build({ log, signal }: Work, release: KubernetesRelease, target: string): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOTMPDIR: dirname(target) }
  // The kernel interrupts the compiler when this process dies, however it dies. Go then finishes the packages it has
  // begun.
  const go = (args: readonly string[], onProgress?: (chunk: string) => void) =>
    runCommand('setpriv', ['--pdeathsig', 'INT', 'nice', 'go', ...args], {
      env,
      signal,
      ...(onProgress && { onProgress }),
    })
  const folder = join(source, release.name)
  const total = (await go(['list', '-C', folder, '-deps', program])).split('\n').length
  const progress = reportProgress(log, total)
  try {
    const flags = ['-v', '-trimpath', '-ldflags', linkerFlags(release), '-o', target]
    await go(['build', '-C', folder, ...flags, program], progress.see)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof CommandFailed ? new Error(`Kubernetes does not compile:\n${lastLines(error.stderr)}`) : error
  } finally {
    progress.stop()
  }
}

/** Returns the last lines: the error is there, after thousands of names of packages. */
function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-toldLines).join('\n')
}

/**
 * Returns linker flags that set the version. Otherwise every component would call itself v0.0.0, and kubectl would warn
 * of the skew.
 */
function linkerFlags({ version }: KubernetesRelease): string {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const variables = 'k8s.io/component-base/version'
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor }
  return ['-s', '-w', ...Object.entries(values).map(([name, value]) => `-X ${variables}.${name}=${value}`)].join(' ')
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
