import { parseDuration } from '../../api/duration.ts'
import { KubeConfigError } from './kube-config-error.ts'
import type { Cluster, User } from './kube-config-file.ts'

/** The flags of kubectl that choose an API server and a user. An empty text is a flag that is not given. */
export interface ConnectionFlags {
  readonly context?: string
  /** The name of a cluster in the kubeconfig. */
  readonly cluster?: string
  /** The name of a user in the kubeconfig. */
  readonly user?: string
  readonly server?: string
  readonly tlsServerName?: string
  readonly certificateAuthority?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly disableCompression?: boolean
  readonly proxyUrl?: string
  readonly token?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly username?: string
  readonly password?: string
  readonly as?: string
  readonly asUid?: string
  readonly asGroup?: readonly string[]
  /** Each is KEY=VALUE. A key may come several times. */
  readonly asUserExtra?: readonly string[]
  /** Seconds, or a Go duration. 0 stands for the default. */
  readonly requestTimeout?: string
}

/** Puts the flags over the cluster of a kubeconfig, as client-go does (tools/clientcmd/client_config.go, getCluster). */
export function clusterWith(cluster: Cluster, flags: ConnectionFlags): Cluster {
  const { server, tlsServerName, certificateAuthority, insecureSkipTlsVerify } = flags
  return {
    // A flag about trust replaces all that the kubeconfig says about it.
    ...(insecureSkipTlsVerify || certificateAuthority ? without(cluster, trustFields) : cluster),
    ...(certificateAuthority && { 'certificate-authority': certificateAuthority }),
    ...(insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(flags.disableCompression && { 'disable-compression': true }),
    ...(flags.proxyUrl && { 'proxy-url': flags.proxyUrl }),
    ...(server && { server }),
    // The name that the kubeconfig expects in a certificate is not that of another server.
    ...((tlsServerName || server) && { 'tls-server-name': tlsServerName ?? '' }),
  }
}

const trustFields = [
  'certificate-authority',
  'certificate-authority-data',
  'insecure-skip-tls-verify',
] as const satisfies readonly (keyof Cluster)[]

/** Puts the flags over the user of a kubeconfig, as client-go does (getAuthInfo). */
export function userWith(user: User, flags: ConnectionFlags): User {
  const { token, username, password, clientCertificate, clientKey, as, asUid, asGroup = [], asUserExtra = [] } = flags
  const replaced: readonly (keyof User)[] = [
    ...(clientCertificate ? (['client-certificate-data'] as const) : []),
    ...(clientKey ? (['client-key-data'] as const) : []),
  ]
  const extra = { ...user['as-user-extra'], ...extraOf(asUserExtra) }
  return {
    ...without(user, replaced),
    ...(clientCertificate && { 'client-certificate': clientCertificate }),
    ...(clientKey && { 'client-key': clientKey }),
    ...(token && { token }),
    ...(username && { username }),
    ...(password && { password }),
    ...(as && { as }),
    ...(asUid && { 'as-uid': asUid }),
    ...(asGroup.length > 0 && { 'as-groups': [...asGroup] }),
    ...(Object.keys(extra).length > 0 && { 'as-user-extra': extra }),
  }
}

/**
 * Reads --request-timeout, in ms. Returns undefined if the default counts.
 * @throws KubeConfigError
 */
export function requestTimeoutMs({ requestTimeout = '' }: ConnectionFlags): number | undefined {
  if (requestTimeout === '') return undefined
  const timeout = /^\d+$/.test(requestTimeout) ? Number(requestTimeout) * 1_000 : parseDuration(requestTimeout)
  if (timeout !== undefined) return timeout === 0 ? undefined : Math.min(Math.ceil(timeout), maxTimeoutMs)
  throw new KubeConfigError(
    `--request-timeout must be a number of seconds, or a duration such as 1s, 2m or 3h, not ${requestTimeout}.`,
  )
}

// The longest timer of Node, about 24 days.
const maxTimeoutMs = 2 ** 31 - 1

function extraOf(pairs: readonly string[]): Record<string, string[]> {
  const extra: Record<string, string[]> = {}
  for (const pair of pairs) {
    const [, key, value] = /^([^=]*)=(.*)$/s.exec(pair) ?? []
    if (key !== undefined && value !== undefined) (extra[key] ??= []).push(value)
  }
  return extra
}

function without<T extends object, K extends keyof T>(whole: T, fields: readonly K[]): T {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !fields.some((field) => field === name))) as T
}
