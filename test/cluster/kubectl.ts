import { join } from 'node:path'
import { kubeconfigPath, type ClusterUser } from './cluster-record.ts'
import { ownerVariable } from './owned-processes.ts'
import { runCommand } from './run-command.ts'

/** Runs kubectl as one of the users of the cluster in `dir`. Its caches stay in D. */
export interface Kubectl {
  readonly path: string
  readonly as: (user: ClusterUser, args: readonly string[], input?: string) => Promise<string>
}

/** Go uses a proxy for all addresses except loopback, and no proxy can reach a local cluster. */
const localAddresses = '198.18.0.0/15'

/** Returns the kubectl at that path, for the cluster in `dir`. */
export function kubectlFor(dir: string, path: string, signal?: AbortSignal): Kubectl {
  const noProxy = [process.env['NO_PROXY'], localAddresses].filter(Boolean).join(',')
  const env = { ...process.env, KUBECACHEDIR: join(dir, 'kubectl-cache'), NO_PROXY: noProxy, [ownerVariable]: dir }
  return {
    path,
    as: (user, args, input = '') => {
      const all = [`--kubeconfig=${kubeconfigPath(dir, user)}`, ...args]
      return runCommand(path, all, { env, input, ...(signal && { signal }) })
    },
  }
}
