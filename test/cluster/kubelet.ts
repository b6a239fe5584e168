import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { clusterId } from './cluster-dir.ts'
import { kubeconfigPath } from './cluster-record.ts'
import { createControlGroups } from './control-groups.ts'
import { startDaemon, type Daemon } from './daemon.ts'
import type { Network } from './network.ts'
import type { NodeSandbox } from './node-sandbox.ts'
import type { Pki } from './pki.ts'
import type { Startup } from './startup.ts'

export interface KubeletParts {
  readonly command: string
  readonly sandbox: NodeSandbox
  readonly pki: Pki
  readonly containerdSocket: string
}

/** Returns the control group of this cluster's pods. */
export function controlGroupOf(dir: string): string {
  return `sallyport-${clusterId(dir)}`
}

/** Starts the kubelet in the sandbox, on its usual ports: the node has a network of its own. */
export function startKubelet(startup: Startup, { command, sandbox, pki, containerdSocket }: KubeletParts): Daemon {
  const { dir } = startup
  const folder = join(dir, 'kubelet')
  mkdirSync(folder, { recursive: true })
  createControlGroups(controlGroupOf(dir))
  // Without any name server, containerd would give pods this machine's own file.
  const resolver = join(folder, 'resolv.conf')
  writeFileSync(resolver, 'nameserver 127.0.0.1\n')
  const config = join(folder, 'config.yaml')
  writeFileSync(config, stringify(configuration({ dir, folder, pki, containerdSocket, resolver }, sandbox.network)))
  const args = [
    `--config=${config}`,
    `--kubeconfig=${kubeconfigPath(dir, 'kubelet')}`,
    `--root-dir=${folder}`,
    `--hostname-override=${sandbox.network.nodeName}`,
    `--node-ip=${sandbox.network.nodeAddress}`,
  ]
  return startDaemon(startup, sandbox.inside({ name: 'kubelet', command, args }))
}

interface Settings {
  readonly dir: string
  readonly folder: string
  readonly pki: Pki
  readonly containerdSocket: string
  readonly resolver: string
}

function configuration({ dir, folder, pki, containerdSocket, resolver }: Settings, network: Network): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki.file('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki.file('kubelet-serving.crt'),
    tlsPrivateKeyFile: pki.file('component.key'),
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupRoot: `/${controlGroupOf(dir)}`,
    // The machine may not run systemd, and many test machines still have control groups of version 1.
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    // A test machine's disk is often nearly full, and it is not our job to keep it free.
    evictionHard: { 'nodefs.available': '1%', 'imagefs.available': '1%', 'memory.available': '50Mi' },
    imageGCHighThresholdPercent: 100,
    localStorageCapacityIsolation: false,
    // A pod sees a changed Secret at the next sync. By default that is up to ninety seconds later.
    syncFrequency: '10s',
    podLogsDir: join(folder, 'pod-logs'),
    volumePluginDir: join(folder, 'volume-plugins'),
    resolvConf: resolver,
    clusterDNS: [network.clusterDns],
    clusterDomain: 'cluster.local',
  }
}
