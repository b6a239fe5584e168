import { existsSync, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import type { ConnectionFlags } from './connection-flags.ts'
import type { Cluster, User } from './kube-config-file.ts'

const folder = '/var/run/secrets/kubernetes.io/serviceaccount'

interface PodContext {
  readonly cluster: Cluster & { readonly server: string }
  readonly user: User
}

// kubectl either ignores these in a pod, or gives up its service account.
const foreignFlags = [
  'proxyUrl',
  'tlsServerName',
  'insecureSkipTlsVerify',
  'clientCertificate',
  'clientKey',
  'username',
  'password',
  'as',
  'asUid',
  'asGroup',
  'asUserExtra',
] as const satisfies readonly (keyof ConnectionFlags)[]

/**
 * Returns the service account of the pod that this process runs in. A token and a CA may be given by flags.
 * Returns undefined outside of a pod, and for flags that name another API server or user.
 */
export function podContext(flags: ConnectionFlags, env: NodeJS.ProcessEnv): PodContext | undefined {
  const host = env['KUBERNETES_SERVICE_HOST']
  const port = env['KUBERNETES_SERVICE_PORT']
  if (!host || !port || !existsSync(`${folder}/token`)) return undefined
  if (flags.server || foreignFlags.some((name) => flags[name])) return undefined
  return {
    cluster: {
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      'certificate-authority': flags.certificateAuthority || `${folder}/ca.crt`,
    },
    user: flags.token ? { token: flags.token } : { tokenFile: `${folder}/token` },
  }
}

/** Returns the namespace of the pod that this process runs in; undefined outside of a pod. */
export function podNamespace(env: NodeJS.ProcessEnv): string | undefined {
  if (!env['KUBERNETES_SERVICE_HOST'] || !env['KUBERNETES_SERVICE_PORT'] || !existsSync(`${folder}/token`))
    return undefined
  if (env['POD_NAMESPACE']) return env['POD_NAMESPACE']
  const file = `${folder}/namespace`
  return (existsSync(file) && readFileSync(file, 'utf8').trim()) || undefined
}
