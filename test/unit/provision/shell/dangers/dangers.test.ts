import { describe, expect, test } from '@jest/globals'
import type { Container, PodSpec, PodTemplate } from '../../../../../src/api/pod-template.ts'
import { shellDangers } from '../../../../../src/provision/shell/dangers/dangers.ts'

const app = { name: 'app', image: 'shop/web:1' }

function aPod(spec: Partial<PodSpec> = {}, container: Partial<Container> = {}): PodTemplate {
  return { spec: { containers: [{ ...app, ...container }], ...spec } }
}

/** The cases that are refused even if the workload has the same. */
const always: readonly [string, PodTemplate, string][] = [
  ['the host network', aPod({ hostNetwork: true }), 'spec.hostNetwork is set'],
  ['host processes', aPod({ hostPID: true }), 'spec.hostPID is set'],
  ['host IPC', aPod({ hostIPC: true }), 'spec.hostIPC is set'],
  ['what is no boolean', aPod({ hostPID: 'true' }), 'spec.hostPID is set'],
  [
    'a host path',
    aPod({ volumes: [{ name: 'r', hostPath: { path: '/' } }] }),
    'spec.volumes[0].hostPath (r) gives files of the node',
  ],
  [
    'a host path behind another source',
    aPod({ volumes: [{ name: 'r', emptyDir: {}, hostPath: { path: '/' } }] }),
    'spec.volumes[0].hostPath (r) gives files of the node',
  ],
  ['a git repository', aPod({ volumes: [{ name: 'g', gitRepo: {} }] }), 'spec.volumes[0].gitRepo (g) is not known'],
  [
    'a driver of the node',
    aPod({ volumes: [{ name: 'f', flexVolume: {} }] }),
    'spec.volumes[0].flexVolume (f) is not known',
  ],
  [
    'an unknown volume',
    aPod({ volumes: [{ name: 'v', diskOfNode: {} }] }),
    'spec.volumes[0].diskOfNode (v) is not known',
  ],
  ['an unknown field of the pod', aPod({ hostEverything: true }), 'spec.hostEverything is not known to be harmless'],
  [
    'an unknown field of a container',
    aPod({}, { hostEverything: true }),
    'spec.containers[0].hostEverything is not known to be harmless',
  ],
  [
    'an unknown field of a security context',
    aPod({ securityContext: { unconfined: true } }),
    'spec.securityContext.unconfined is not known to be harmless',
  ],
  [
    'an unsafe sysctl',
    aPod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }),
    'spec.securityContext.sysctls sets kernel.msgmax, which reaches beyond the pod',
  ],
  ...(
    [
      ['privileged', { privileged: true }, 'privileged is set'],
      [
        'an added capability',
        { capabilities: { add: ['NET_BIND_SERVICE', 'SYS_ADMIN', 'ALL'] } },
        'capabilities.add adds SYS_ADMIN, ALL',
      ],
      ['all of /proc', { procMount: 'Unmasked' }, 'procMount is not Default'],
      ['no seccomp', { seccompProfile: { type: 'Unconfined' } }, 'seccompProfile is Unconfined'],
      ['no AppArmor', { appArmorProfile: { type: 'Unconfined' } }, 'appArmorProfile is Unconfined'],
      ['an SELinux type', { seLinuxOptions: { type: 'spc_t' } }, 'seLinuxOptions names'],
      ['an SELinux role', { seLinuxOptions: { role: 'sysadm_r' } }, 'seLinuxOptions names'],
      ['a process of the node', { windowsOptions: { hostProcess: true } }, 'windowsOptions.hostProcess is set'],
    ] as const
  ).map(([what, securityContext, text]): [string, PodTemplate, string] => [
    what,
    aPod({}, { securityContext }),
    `spec.containers[0].securityContext.${text}`,
  ]),
  [
    'an init container that is privileged',
    aPod({ initContainers: [{ name: 'i', securityContext: { privileged: true } }] }),
    'spec.initContainers[0].securityContext.privileged is set',
  ],
  ['a host port', aPod({}, { ports: [{ containerPort: 1, hostPort: 1 }] }), 'spec.containers[0].ports has a hostPort'],
  [
    'a probe of another host',
    aPod({}, { livenessProbe: { httpGet: { host: '169.254.169.254', port: 80 } } }),
    'spec.containers[0].livenessProbe names a host',
  ],
  [
    'a hook that calls another host',
    aPod({}, { lifecycle: { postStart: { tcpSocket: { host: '10.0.0.1', port: 1 } } } }),
    'spec.containers[0].lifecycle.postStart names a host',
  ],
  [
    'AppArmor off by annotation',
    { metadata: { annotations: { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' } }, ...aPod() },
    'metadata.annotations has container.apparmor.security.beta.kubernetes.io/app=unconfined',
  ],
]

describe('is a danger, also where the workload has it:', () => {
  test.each(always)('%s', (_, pod, text) => {
    for (const workload of [undefined, aPod(), pod]) {
      expect(shellDangers(pod, workload)).toStrictEqual([expect.stringContaining(text)])
    }
  })
})

/** The cases that are refused unless the workload has the same. */
const unlessOwn: readonly [string, PodTemplate, string][] = [
  ['another account', aPod({ serviceAccountName: 'admin' }), 'spec.serviceAccountName is admin, which is neither'],
  ['a priority', aPod({ priorityClassName: 'system-node-critical' }), 'spec.priorityClassName is not the workload'],
  [
    'a device',
    aPod({ resourceClaims: [{ name: 'gpu', resourceClaimName: 'gpu' }] }),
    'spec.resourceClaims has a claim',
  ],
  [
    'network storage',
    aPod({ volumes: [{ name: 'n', nfs: { server: 's', path: '/' } }] }),
    'spec.volumes[0].nfs (n) is storage',
  ],
  [
    'a raw device',
    aPod({}, { volumeDevices: [{ name: 'd', devicePath: '/dev/x' }] }),
    'spec.containers[0].volumeDevices has',
  ],
]

describe('is a danger unless it is the workload’s own:', () => {
  test.each(unlessOwn)('%s', (_, pod, text) => {
    for (const workload of [undefined, aPod()]) {
      expect(shellDangers(pod, workload)).toStrictEqual([expect.stringContaining(text)])
    }
    expect(shellDangers(pod, pod)).toStrictEqual([])
  })

  test('under whatever name its volume is', () => {
    const share = { nfs: { server: 's', path: '/' } }
    expect(
      shellDangers(aPod({ volumes: [{ name: 'a', ...share }] }), aPod({ volumes: [{ name: 'b', ...share }] })),
    ).toEqual([])
  })
})

describe('losing what holds the workload is a danger:', () => {
  const hardened = { securityContext: { allowPrivilegeEscalation: false } }
  test.each<[string, PodTemplate, PodTemplate, string]>([
    [
      'its user namespace',
      aPod(),
      aPod({ hostUsers: false }),
      'spec.hostUsers is false in the workload but not in this pod',
    ],
    ['its sandbox', aPod(), aPod({ runtimeClassName: 'gvisor' }), "spec.runtimeClassName is not the workload's"],
    [
      'its sandbox for another',
      aPod({ runtimeClassName: 'runc' }),
      aPod({ runtimeClassName: 'gvisor' }),
      'spec.runtimeClassName',
    ],
    [
      'no_new_privs',
      aPod(),
      aPod({}, hardened),
      'spec.containers[0].securityContext.allowPrivilegeEscalation is false in',
    ],
  ])('%s', (_, pod, workload, text) => {
    expect(shellDangers(pod, workload)).toStrictEqual([expect.stringContaining(text)])
    expect(shellDangers(workload, workload)).toStrictEqual([])
  })
})

test('an ordinary pod is none', () => {
  const pod = aPod(
    {
      serviceAccountName: 'default',
      hostNetwork: false,
      hostUsers: false,
      runtimeClassName: 'gvisor',
      securityContext: {
        runAsNonRoot: true,
        fsGroup: 1,
        seccompProfile: { type: 'RuntimeDefault' },
        sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
      },
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', configMap: { name: 'x' } },
        { name: 'c', persistentVolumeClaim: { claimName: 'x' } },
      ],
    },
    {
      securityContext: {
        privileged: false,
        allowPrivilegeEscalation: false,
        procMount: 'Default',
        capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
        seLinuxOptions: { type: 'container_t', level: 's0' },
      },
      ports: [{ containerPort: 80 }],
      readinessProbe: { httpGet: { path: '/', port: 80 } },
    },
  )
  expect(shellDangers(pod, undefined)).toStrictEqual([])
})
