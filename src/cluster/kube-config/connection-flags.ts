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
    ...given<Cluster>({
      server,
      'certificate-authority': certificateAuthority,
      'insecure-skip-tls-verify': insecureSkipTlsVerify,
      'disable-compression': flags.disableCompression,
      'proxy-url': flags.proxyUrl,
    }),
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
  const replaced: readonly (keyof User)[] = [
    ...(flags.clientCertificate ? (['client-certificate-data'] as const) : []),
    ...(flags.clientKey ? (['client-key-data'] as const) : []),
  ]
  const extra = { ...user['as-user-extra'], ...extraOf(flags.asUserExtra ?? []) }
  return {
    ...without(user, replaced),
    ...given<User>({
      token: flags.token,
      username: flags.username,
      password: flags.password,
      'client-certificate': flags.clientCertificate,
      'client-key': flags.clientKey,
      as: flags.as,
      'as-uid': flags.asUid,
      'as-groups': flags.asGroup && [...flags.asGroup],
    }),
    ...(Object.keys(extra).length > 0 && { 'as-user-extra': extra }),
  }
}

/** Returns the fields that have a value. A flag with an empty text, or with false, changes nothing. */
function given<T extends object>(fields: { readonly [Name in keyof T]: T[Name] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => Boolean(value))) as Partial<T>
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

function without<T extends object>(whole: T, fields: readonly (keyof T)[]): T {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !fields.some((field) => field === name))) as T
}
