import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { kubeconfigPath } from './cluster-record.ts'
import { startDaemon, type Daemon } from './daemon.ts'
import type { NodeSandbox } from './node-sandbox.ts'
import type { Startup } from './startup.ts'

/**
 * Starts kube-proxy in the sandbox, so that pods reach Services, the API server's included. Its rules stay in the
 * sandbox.
 */
export function startKubeProxy(startup: Startup, sandbox: NodeSandbox, command: string): Daemon {
  const { network } = sandbox
  const config = join(startup.dir, 'node', 'kube-proxy.yaml')
  const settings = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: kubeconfigPath(startup.dir, 'kube-proxy') },
    hostnameOverride: network.nodeName,
    clusterCIDR: network.podRange,
    mode: 'iptables',
    // These settings belong to the whole machine, and a network namespace may not change them. 0 leaves them as they
    // are.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  }
  writeFileSync(config, stringify(settings))
  return startDaemon(startup, sandbox.inside({ name: 'kube-proxy', command, args: [`--config=${config}`] }))
}
