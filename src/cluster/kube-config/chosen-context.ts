import { clusterWith, userWith, type ConnectionFlags } from './connection-flags.ts'
import { KubeConfigError } from './kube-config-error.ts'
import { unknownFieldOf, type Cluster, type Context, type KubeConfig, type User } from './kube-config-file.ts'
import type { LoadedKubeConfig } from './load-kube-config.ts'
import { podContext, podNamespace } from './pod-context.ts'

/** The one context that is used, with its cluster and its user. */
export interface ChosenContext {
  readonly cluster: Cluster & { readonly server: string }
  /** The name of the user in errors. */
  readonly userName: string
  readonly user: User
  /** The name of the context, if one is used. */
  readonly contextName: string | undefined
  /** The namespace that the context names. */
  readonly namespace: string | undefined
}

/**
 * Chooses context, cluster and user as kubectl does (client-go, tools/clientcmd/client_config.go): the flags count
 * before the kubeconfig. If neither names an API server, the pod's service account counts, if there is one.
 * @param source the place of the kubeconfig, for errors
 * @throws KubeConfigError if nothing usable is found
 */
export function chooseContext(
  config: LoadedKubeConfig,
  flags: ConnectionFlags,
  source: string,
  env: NodeJS.ProcessEnv,
): ChosenContext {
  const context = contextOf(config, flags)
  const cluster = clusterWith(entryOf('cluster', config.clusters, context, flags), flags)
  const userName = flags.user || context.user || 'of the flags'
  const user = userWith(knownUser(entryOf('user', config.users, context, flags), userName, config), flags)
  const namespace = context.namespace || podNamespace(env)
  const contextName = flags.context || config.currentContext
  const { server } = cluster
  if (server?.startsWith('https://')) {
    return { cluster: { ...cluster, server }, userName, user, contextName, namespace }
  }
  const pod = server === undefined ? podContext(flags, env) : undefined
  if (pod) return { ...pod, userName: 'the service account of this pod', contextName, namespace }
  throw new KubeConfigError(`${nothingIn(flags.server ? '--server' : source)}${hintAtContexts(config)}`)
}

function contextOf({ contexts, currentContext }: KubeConfig, flags: ConnectionFlags): Context {
  const name = flags.context || currentContext
  if (name === undefined) return {}
  const context = contexts.get(name)
  if (context) return context
  const known = [...contexts.keys()].join(', ') || 'none'
  throw new KubeConfigError(`The kubeconfig has no context ${name}; it has ${known}.`)
}

function knownUser(user: User, name: string, { userFiles }: LoadedKubeConfig): User {
  const unknown = unknownFieldOf(user)
  if (unknown === undefined) return user
  throw new KubeConfigError(
    `The kubeconfig ${userFiles.get(name) ?? ''} has a field of user ${name} that is not known here: ${unknown}. Remove it, or use a newer kubectl-access.`,
  )
}

/**
 * Returns the entry that a flag names, else that of the context.
 * @throws KubeConfigError if it is missing, and the flags say nothing else of its kind
 */
function entryOf<T extends object>(
  kind: 'cluster' | 'user',
  entries: ReadonlyMap<string, T>,
  context: Context,
  flags: ConnectionFlags,
): T | Record<string, never> {
  const name = flags[kind] || context[kind]
  const entry = entries.get(name ?? '')
  if (entry) return entry
  if (flags[kind]) {
    const known = [...entries.keys()].join(', ') || 'none'
    throw new KubeConfigError(`The kubeconfig has no ${kind} ${flags[kind]}; it has ${known}.`)
  }
  if (!name || givenBeside[kind].some((flag) => flags[flag])) return {}
  throw new KubeConfigError(`The context names ${kind} ${name}, which is not in the kubeconfig.`)
}

// With these, kubectl does without the entry that the context names.
const givenBeside = {
  cluster: ['server'],
  user: ['token', 'clientCertificate', 'username', 'password'],
} as const satisfies Record<string, readonly (keyof ConnectionFlags)[]>

function nothingIn(source: string): string {
  return `No API server with https found in ${source}. Name a kubeconfig with --kubeconfig.`
}

function hintAtContexts({ contexts, currentContext }: KubeConfig): string {
  if (currentContext !== undefined || contexts.size === 0) return ''
  return ` Or name one of its contexts: ${[...contexts.keys()].join(', ')}.`
}
