import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { isRecord } from '../client/read-object.ts'
import { firstLineOf, KubeConfigError } from './kube-config-error.ts'
import { parseKubeConfig, type Cluster, type KubeConfig, type User } from './kube-config-file.ts'

/** The merged kubeconfig. */
export interface LoadedKubeConfig extends KubeConfig {
  /** The file of each user, for errors. */
  readonly userFiles: ReadonlyMap<string, string>
}

/**
 * Loads the same kubeconfig as kubectl: the file given, else the files of KUBECONFIG, else ~/.kube/config. If several
 * files have the same entry, or a current context, the first one counts. A file that is given must exist; missing files
 * of the other sources are left out (kubernetes/kubernetes#78185). Paths in a file are relative to it.
 * @throws KubeConfigError if one cannot be read
 */
export function loadKubeConfig(file: string | undefined, env: NodeJS.ProcessEnv): LoadedKubeConfig {
  const named = env['KUBECONFIG'] ? env['KUBECONFIG'].split(delimiter).filter((path) => path !== '') : undefined
  const paths = file === undefined ? (named ?? [join(env['HOME'] || homedir(), '.kube', 'config')]) : [file]
  const configs = paths.flatMap((path) => {
    const source = readSource(path, file === undefined)
    return source === undefined ? [] : [parseAt(path, source)]
  })
  return {
    currentContext: configs.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    clusters: firstOfEach(configs.map(({ clusters }) => clusters)),
    users: firstOfEach(configs.map(({ users }) => users)),
    userFiles: firstOfEach(configs.map(({ userFiles }) => userFiles)),
    contexts: firstOfEach(configs.map(({ contexts }) => contexts)),
  }
}

function readSource(path: string, mayBeMissing: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const isMissing = isRecord(error) && error['code'] === 'ENOENT'
    if (isMissing && mayBeMissing) return undefined
    throw unreadable(path, error)
  }
}

function parseAt(path: string, source: string): LoadedKubeConfig {
  try {
    const config = parseKubeConfig(source)
    const at = (relative: string): string => resolve(dirname(path), relative)
    return {
      ...config,
      clusters: new Map([...config.clusters].map(([name, cluster]) => [name, resolveCluster(cluster, at)])),
      users: new Map([...config.users].map(([name, user]) => [name, resolveUser(user, at)])),
      userFiles: new Map([...config.users.keys()].map((name) => [name, path])),
    }
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): KubeConfigError {
  return new KubeConfigError(`The kubeconfig ${path} cannot be read: ${firstLineOf(error)}`)
}

type Resolve = (relative: string) => string

function resolveCluster(cluster: Cluster, at: Resolve): Cluster {
  const authority = cluster['certificate-authority']
  return authority ? { ...cluster, 'certificate-authority': at(authority) } : cluster
}

function resolveUser(user: User, at: Resolve): User {
  const { tokenFile, exec } = user
  const certificate = user['client-certificate']
  const key = user['client-key']
  return {
    ...user,
    ...(certificate && { 'client-certificate': at(certificate) }),
    ...(key && { 'client-key': at(key) }),
    ...(tokenFile && { tokenFile: at(tokenFile) }),
    // A name without a slash is looked up on the PATH.
    ...(exec?.command?.includes(sep) && !isAbsolute(exec.command) && { exec: { ...exec, command: at(exec.command) } }),
  }
}

function firstOfEach<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  return new Map(maps.toReversed().flatMap((map) => [...map]))
}
