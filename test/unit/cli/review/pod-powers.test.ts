import { describe, expect, test } from '@jest/globals'
import { podPowers } from '../../../../src/cli/review/pod-powers.ts'
import type { Line } from '../../../../src/cli/output/lines.ts'

const token = {
  name: 'kube-api-access',
  projected: { sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }] },
}
const tokenMount = { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }

interface Parts {
  readonly spec?: object
  readonly container?: object
}

/** Returns a pod of two containers, as the API server sends it. */
function podWith({ spec = {}, container = {} }: Parts): object {
  const containers = [
    { name: 'app', image: 'web:1', ...container },
    { name: 'side', image: 'mesh:1' },
  ]
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0' }, spec: { containers, ...spec } }
}

const powersOf = (parts: Parts): readonly Line[] => podPowers(podWith(parts), 'app').filter(([, value]) => value)

test('a plain pod reaches nothing, and that is said', () => {
  expect(powersOf({})).toEqual([
    ['token', 'no token of service account default is mounted'],
    ['secrets', 'none is mounted or in its environment'],
    ['node', 'nothing of the node: no host path, no host namespace, no privileges'],
    ['user', 'as its image says; it may be root'],
  ])
})

describe('a danger is loud', () => {
  const socket = { name: 'docker', hostPath: { path: '/var/run/docker.sock' } }
  const mounted = (more: object = {}): object => ({
    volumeMounts: [{ name: 'docker', mountPath: '/docker.sock', ...more }],
  })

  test.each<[string, Parts, string]>([
    [
      'privileged',
      { container: { securityContext: { privileged: true } } },
      'PRIVILEGED: root in this container is root on the node',
    ],
    ['the network of the node', { spec: { hostNetwork: true } }, 'HOST NETWORK: '],
    ['the processes of the node', { spec: { hostPID: true } }, 'HOST PROCESSES: '],
    ['the shared memory of the node', { spec: { hostIPC: true } }, 'HOST IPC: '],
    [
      'files of the node',
      { spec: { volumes: [socket] }, container: mounted() },
      'HOST PATH /var/run/docker.sock at /docker.sock, WRITABLE',
    ],
    [
      'files of the node to read',
      { spec: { volumes: [socket] }, container: mounted({ readOnly: true }) },
      'HOST PATH /var/run/docker.sock at /docker.sock, read-only',
    ],
    [
      'a device',
      { container: { volumeDevices: [{ name: 'disk', devicePath: '/dev/xvda' }] } },
      'BLOCK DEVICE at /dev/xvda',
    ],
    [
      'a capability',
      { container: { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } } },
      'container.securityContext.capabilities.add adds SYS_ADMIN',
    ],
    [
      'no seccomp',
      { spec: { securityContext: { seccompProfile: { type: 'Unconfined' } } } },
      'pod.securityContext.seccompProfile is Unconfined',
    ],
    [
      'the whole /proc',
      { container: { securityContext: { procMount: 'Unmasked' } } },
      'container.securityContext.procMount is not Default',
    ],
    [
      'a process of a Windows node',
      { container: { securityContext: { windowsOptions: { hostProcess: true } } } },
      'container.securityContext.windowsOptions.hostProcess is set',
    ],
  ])('%s', (_title, parts, text) => {
    const dangers = powersOf(parts).filter(([, , tone]) => tone === 'loud')

    expect(dangers).toEqual([['danger', expect.stringContaining(text), 'loud']])
    expect(powersOf(parts).map(([title]) => title)).not.toContain('node')
  })

  test('but not in a volume that this container does not mount, or in another container', () => {
    const other = { name: 'side', securityContext: { privileged: true } }
    const pod = { spec: { volumes: [socket], containers: [{ name: 'app' }, other] } }

    expect(podPowers(pod, 'app').filter(([, , tone]) => tone === 'loud')).toEqual([])
    expect(podPowers(pod, 'side').filter(([, , tone]) => tone === 'loud')).toHaveLength(1)
  })

  test('a container that is not there any more', () => {
    expect(podPowers(podWith({}), 'debugger')).toEqual([
      ['container', 'the pod has no container debugger any more', 'loud'],
    ])
  })
})

describe('what it holds is named', () => {
  test.each<[string, Parts, Line]>([
    [
      'the token of its account',
      { spec: { serviceAccountName: 'robot', volumes: [token] }, container: { volumeMounts: [tokenMount] } },
      ['token', 'a token of service account robot is mounted at /var/run/secrets/kubernetes.io/serviceaccount'],
    ],
    [
      'a token for somebody else',
      {
        spec: {
          volumes: [{ name: 'vault', projected: { sources: [{ serviceAccountToken: { audience: 'vault' } }] } }],
        },
        container: { volumeMounts: [{ name: 'vault', mountPath: '/vault' }] },
      },
      ['token', 'a token of service account default is mounted at /vault (for vault)'],
    ],
    [
      'Secrets in files',
      {
        spec: {
          volumes: [
            { name: 'tls', secret: { secretName: 'tls-1' } },
            { name: 'all', projected: { sources: [{ secret: { name: 'db' } }] } },
          ],
        },
        container: {
          volumeMounts: [
            { name: 'tls', mountPath: '/tls' },
            { name: 'all', mountPath: '/all' },
          ],
        },
      },
      ['secrets', 'tls-1 at /tls, db at /all'],
    ],
    [
      'Secrets in the environment, each once',
      {
        container: {
          env: ['A', 'B'].map((name) => ({ name, valueFrom: { secretKeyRef: { name: 'db', key: name } } })),
          envFrom: [{ secretRef: { name: 'all' } }],
        },
      },
      ['secrets', 'db in its environment, all in its environment'],
    ],
    ['root', { container: { securityContext: { runAsUser: 0 } } }, ['user', '0 (root)']],
    ['a user of the pod', { spec: { securityContext: { runAsUser: 1000 } } }, ['user', '1000']],
    [
      'the container before the pod',
      { spec: { securityContext: { runAsUser: 0 } }, container: { securityContext: { runAsUser: 7 } } },
      ['user', '7'],
    ],
    ['no root', { spec: { securityContext: { runAsNonRoot: true } } }, ['user', 'as its image says, but not root']],
    ['the processes beside it', { spec: { shareProcessNamespace: true } }, ['processes', 'also those of side']],
  ])('%s', (_title, parts, line) => {
    expect(powersOf(parts)).toContainEqual(line)
  })
})

test('a pod that is not one is told without a crash', () => {
  for (const pod of [
    {},
    { spec: null },
    { spec: { containers: 'app' } },
    { spec: { containers: [null, { name: 'app', volumeMounts: {} }] } },
  ])
    expect(() => podPowers(pod, 'app')).not.toThrow()
})
