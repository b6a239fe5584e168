import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditPolicy } from './audit-policy.ts'
import { openApiProbe, type ApiProbe } from './api-probe.ts'
import { kubeconfigPath } from './cluster-record.ts'
import { hasLogged, startListener } from './daemon.ts'
import type { Program } from './hyperkube.ts'
import { writeKubeconfig, type Endpoint } from './kubeconfig.ts'
import type { Network } from './network.ts'
import { answers } from './network-probe.ts'
import type { ComponentUser, Pki } from './pki.ts'
import { together, type Startup } from './startup.ts'
import { writeWebhookCredentials } from './webhook-credentials.ts'

export interface ControlPlane {
  readonly etcdUrl: string
  readonly auditLog: string
  readonly probe: ApiProbe
}

export interface ControlPlaneParts {
  readonly program: (name: Program) => string
  readonly pki: Pki
  readonly network: Network
  /**
   * The address where the API server listens. With a node that is its end of the link to it, where the pods reach it.
   * Without a node it is 127.0.0.1. No other network can reach it.
   */
  readonly listenOn: string
}

/** Starts etcd, the API server, the controller manager and the scheduler. */
export async function startControlPlane(startup: Startup, parts: ControlPlaneParts): Promise<ControlPlane> {
  const etcdUrl = await startEtcd(startup, parts)
  startup.log('etcd is up')
  const auditLog = join(startup.dir, 'log', 'audit.log')
  const probe = await startApiServer(startup, parts, { etcdUrl, auditLog })
  startup.log('API server is ready')
  await together(startup, [startControllerManager(startup, parts), startScheduler(startup, parts)])
  return { etcdUrl, auditLog, probe }
}

async function startEtcd(startup: Startup, { program }: ControlPlaneParts): Promise<string> {
  const url = (port: number | undefined) => `http://127.0.0.1:${port ?? 0}`
  const [client] = await startListener(startup, {
    name: 'etcd',
    command: program('etcd'),
    ports: 2,
    args: ([clientPort, peerPort]) => [
      `--data-dir=${join(startup.dir, 'etcd')}`,
      `--listen-client-urls=${url(clientPort)}`,
      `--advertise-client-urls=${url(clientPort)}`,
      `--listen-peer-urls=${url(peerPort)}`,
      `--initial-advertise-peer-urls=${url(peerPort)}`,
      `--initial-cluster=default=${url(peerPort)}`,
      // No data of this cluster has to survive a crash of the machine.
      '--unsafe-no-fsync',
    ],
    ready: ([clientPort]) => answers(`${url(clientPort)}/health`),
  })
  return url(client)
}

async function startApiServer(
  startup: Startup,
  { program, pki, network, listenOn }: ControlPlaneParts,
  { etcdUrl, auditLog }: { etcdUrl: string; auditLog: string },
): Promise<ApiProbe> {
  const policy = join(startup.dir, 'audit-policy.yaml')
  writeFileSync(policy, auditPolicy())
  const admission = writeWebhookCredentials(startup.dir, pki.credentials('webhooks'))
  const endpoint = (port: number | undefined) => ({ server: `https://${listenOn}:${port ?? 0}`, caPem: pki.caPem })
  const credentials = pki.credentials('admin')
  let probe: ApiProbe | undefined
  const [port] = await startListener(startup, {
    name: 'kube-apiserver',
    command: program('kube-apiserver'),
    ports: 1,
    args: ([securePort]) => {
      probe = openApiProbe(endpoint(securePort), credentials)
      return [
        `--etcd-servers=${etcdUrl}`,
        `--secure-port=${securePort ?? 0}`,
        `--bind-address=${listenOn}`,
        `--advertise-address=${network.hostAddress}`,
        `--audit-policy-file=${policy}`,
        `--audit-log-path=${auditLog}`,
        `--service-cluster-ip-range=${network.serviceRange}`,
        '--authorization-mode=Node,RBAC',
        // OpenShift has the second one on: only a user who may delete an object may change its owners.
        '--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement',
        `--admission-control-config-file=${admission}`,
        '--allow-privileged=true',
        // A webhook that is named by a Service is called at its pods, because no kube-proxy serves this machine's own
        // network.
        '--enable-aggregator-routing=true',
        '--kubelet-preferred-address-types=InternalIP',
        ...trust(pki),
      ]
    },
    ready: async () => (await probe?.isReady()) ?? false,
  })
  if (probe === undefined) throw new Error('the API server was never asked')
  writeKubeconfigs(startup.dir, pki, endpoint(port))
  return probe
}

function trust(pki: Pki): string[] {
  return [
    `--client-ca-file=${pki.file('ca.crt')}`,
    `--tls-cert-file=${pki.file('apiserver.crt')}`,
    `--tls-private-key-file=${pki.file('component.key')}`,
    `--kubelet-certificate-authority=${pki.file('ca.crt')}`,
    `--kubelet-client-certificate=${pki.file('kubelet-client.crt')}`,
    `--kubelet-client-key=${pki.file('component.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki.file('service-account.key')}`,
    `--service-account-signing-key-file=${pki.file('service-account.key')}`,
    `--requestheader-client-ca-file=${pki.file('front-proxy-ca.crt')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki.file('front-proxy-client.crt')}`,
    `--proxy-client-key-file=${pki.file('component.key')}`,
  ]
}

function writeKubeconfigs(dir: string, pki: Pki, endpoint: Endpoint): void {
  const users: readonly ComponentUser[] = ['admin', 'controller-manager', 'scheduler', 'kubelet', 'kube-proxy']
  for (const user of users) writeKubeconfig(dir, user, endpoint, pki.credentials(user))
}

function startControllerManager(startup: Startup, { program, pki }: ControlPlaneParts) {
  return startFollower(startup, program('kube-controller-manager'), 'controller-manager', [
    `--service-account-private-key-file=${pki.file('service-account.key')}`,
    `--root-ca-file=${pki.file('ca.crt')}`,
    `--cluster-signing-cert-file=${pki.file('ca.crt')}`,
    `--cluster-signing-key-file=${pki.file('ca.key')}`,
    // As in every cluster: the garbage collector and the namespace controller are known by their own names.
    '--use-service-account-credentials',
    // At the default of 20 a second, its forty controllers need four seconds to get their own credentials.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    // It makes this folder. The default is among the machine's own folders.
    `--flex-volume-plugin-dir=${join(startup.dir, 'volume-plugins')}`,
  ])
}

function startScheduler(startup: Startup, { program }: ControlPlaneParts) {
  return startFollower(startup, program('kube-scheduler'), 'scheduler', [])
}

/** Starts a component that works for the API server and listens only for its own health checks. */
function startFollower(startup: Startup, command: string, user: ComponentUser, args: readonly string[]) {
  const kubeconfig = kubeconfigPath(startup.dir, user)
  const name = `kube-${user}`
  return startListener(startup, {
    name,
    command,
    ports: 1,
    args: ([port]) => [
      '--bind-address=127.0.0.1',
      `--secure-port=${port ?? 0}`,
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      // There is only one, and a lease would only make it wait.
      '--leader-elect=false',
      ...args,
    ],
    // It makes its own certificate at the start. Once it listens, its flags and ports were good. Its log says so: somebody
    // else may listen on a port that was taken meanwhile.
    ready: ([port]) => Promise.resolve(hasLogged(startup, name, `Serving securely on 127.0.0.1:${port ?? 0}`)),
  })
}
