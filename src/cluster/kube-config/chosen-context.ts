import { existsSync, readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { KubeConfigError } from './kube-config-error.ts'
import type { Cluster, Context, KubeConfig, User } from './kube-config-file.ts'

/** The one context that is used, with its cluster and its user. */
export interface ChosenContext {
  readonly cluster: Cluster & { readonly server: string }
  /** The name of the user in errors. */
  readonly userName: string
  readonly user: User
  /** The namespace that the context names. */
  readonly namespace: string | undefined
}

/**
 * Chooses the named context, else the current one. An empty kubeconfig stands for the pod's service account, if there
 * is one.
 * @param source the place of the kubeconfig, for errors
 * @throws KubeConfigError if nothing usable is found
 */
export function chooseContext(
  config: KubeConfig,
  named: string | undefined,
  source: string,
  env: NodeJS.ProcessEnv,
): ChosenContext {
  const name = named ?? config.currentContext
  if (name === undefined) {
    const chosen = isEmpty(config) ? podContext(env) : undefined
    if (chosen) return chosen
    throw new KubeConfigError(`${nothingIn(source)}${hintAtContexts(config)}`)
  }
  const context = config.contexts.get(name)
  if (!context) {
    const known = [...config.contexts.keys()].join(', ') || 'none'
    throw new KubeConfigError(`The kubeconfig has no context ${name}; it has ${known}.`)
  }
  return chosenOf(name, context, config, source)
}

function chosenOf(name: string, context: Context, config: KubeConfig, source: string): ChosenContext {
  const cluster = named(config.clusters, context.cluster, (wanted) => `Context ${name} names cluster ${wanted}`)
  // The context names no user: the call is anonymous, as with kubectl.
  const user = context.user ? named(config.users, context.user, (wanted) => `Context ${name} names user ${wanted}`) : {}
  const { server } = cluster
  if (!server?.startsWith('https://')) throw new KubeConfigError(nothingIn(source))
  return {
    cluster: { ...cluster, server },
    userName: context.user ?? '',
    user,
    namespace: context.namespace || undefined,
  }
}

function named<T>(entries: ReadonlyMap<string, T>, name = '', says: (name: string) => string): T {
  const entry = entries.get(name)
  if (entry === undefined) throw new KubeConfigError(`${says(name)}, which is not in the kubeconfig.`)
  return entry
}

function nothingIn(source: string): string {
  return `No API server with https found in ${source}. Name a kubeconfig with --kubeconfig.`
}

function hintAtContexts({ contexts }: KubeConfig): string {
  return contexts.size === 0 ? '' : ` Or name one of its contexts: ${[...contexts.keys()].join(', ')}.`
}

function isEmpty({ clusters, users, contexts }: KubeConfig): boolean {
  return clusters.size === 0 && users.size === 0 && contexts.size === 0
}

const podFolder = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Returns the service account of the pod that this process runs in; undefined outside of a pod. */
function podContext(env: NodeJS.ProcessEnv): ChosenContext | undefined {
  const host = env['KUBERNETES_SERVICE_HOST']
  const port = env['KUBERNETES_SERVICE_PORT']
  if (!host || !port || !existsSync(`${podFolder}/token`)) return undefined
  const namespaceFile = `${podFolder}/namespace`
  return {
    cluster: {
      server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
      'certificate-authority': `${podFolder}/ca.crt`,
    },
    userName: 'the service account of this pod',
    user: { tokenFile: `${podFolder}/token` },
    namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : undefined,
  }
}
