import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { userCache } from './cluster-dir.ts'
import { chosenRelease, type KubernetesRelease } from './kubernetes-version.ts'
import { onPath } from './node-tools.ts'
import { ownerVariable } from './owned-processes.ts'
import { runCommand } from './run-command.ts'
import type { Log, Startup } from './startup.ts'

const source = fileURLToPath(new URL('hyperkube', import.meta.url))
// As seen from the folder of a release.
const main = '../main.go'
const progressMs = 10_000
// Enough of the hash to tell one source from another.
const keyLength = 16

/** The binary compiled from Go modules: minutes the first time, then from the user's cache. */
export async function compileHyperkube(startup: Startup): Promise<string> {
  const release = chosenRelease()
  const folder = join(userCache(), `hyperkube-${sourceKey(release)}`)
  const binary = join(folder, 'hyperkube')
  if (existsSync(binary)) return binary
  await needGo(release)
  mkdirSync(folder, { recursive: true })
  startup.log(`compiling Kubernetes ${release.version} from Go modules, once: 6 minutes on 2 cores`)
  const beside = `${binary}.${process.pid}.new`
  await build(startup, { release, target: beside, lock: join(userCache(), 'compile.lock') })
  renameSync(beside, binary)
  return binary
}

function sourceKey({ name, version }: KubernetesRelease): string {
  const hash = createHash('sha256').update(`${version} ${process.platform} ${process.arch}`)
  for (const file of [`${name}/go.mod`, `${name}/go.sum`, 'main.go']) hash.update(readFileSync(join(source, file)))
  return hash.digest('hex').slice(0, keyLength)
}

async function needGo({ version: wanted, go: neededGo }: KubernetesRelease): Promise<void> {
  const needed = `Go ${neededGo.major}.${neededGo.minor} or newer`
  const help = `install ${needed} (https://go.dev/dl), or give a cluster of your own with SALLYPORT_KUBECONFIG`
  if (onPath('go') === undefined) throw new Error(`no cluster, no Docker with kind, and no Go to compile one: ${help}`)
  const version = await runCommand('go', ['env', 'GOVERSION'])
  const [, major = 0, minor = 0] = (/^go(\d+)\.(\d+)/.exec(version) ?? []).map(Number)
  const isNewEnough = major > neededGo.major || (major === neededGo.major && minor >= neededGo.minor)
  if (!isNewEnough) throw new Error(`this is ${version.trim()}, too old for ${wanted}: ${help}`)
}

interface Build {
  readonly release: KubernetesRelease
  readonly target: string
  readonly lock: string
}

async function build(startup: Startup, { release, target, lock }: Build): Promise<void> {
  // One main.go is compiled in the module of each release. A second `up` waits at the lock, and then Go's own cache has everything.
  const go = (args: readonly string[], onProgress?: (chunk: string) => void) =>
    runCommand('flock', [lock, 'nice', 'go', ...args], {
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', [ownerVariable]: startup.dir },
      signal: startup.signal,
      ...(onProgress && { onProgress }),
    })
  const total = (await go(['list', '-C', join(source, release.name), '-deps', main])).split('\n').length
  const progress = reportProgress(startup.log, total)
  try {
    const flags = ['-v', '-trimpath', '-ldflags', linkerFlags(release), '-o', target]
    await go(['build', '-C', join(source, release.name), ...flags, main], progress.see)
  } finally {
    progress.stop()
  }
}

/** Without these every component would call itself v0.0.0, and kubectl would warn of the skew. */
function linkerFlags({ version }: KubernetesRelease): string {
  const [major = '', minor = ''] = version.slice(1).split('.')
  const variables = 'k8s.io/component-base/version'
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor }
  return ['-s', '-w', ...Object.entries(values).map(([name, value]) => `-X ${variables}.${name}=${value}`)].join(' ')
}

/** `go build -v` names each package that it compiles; those it has in its cache it passes over in silence. */
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
