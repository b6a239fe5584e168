import { beforeAll, describe, expect, test } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import type { DecisionEvent } from '../../src/audit/event/decision-event.ts'
import { access, deniedExec } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, kubectl, kubectlOk, type KubectlUser } from '../fixtures/kubectl.ts'
import { rawCall } from '../fixtures/raw-call.ts'
import { powerfulServiceAccount } from '../fixtures/service-account.ts'
import type { Ended } from '../fixtures/run.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { allWays, enterAll, nodeName, triedWays } from '../fixtures/ways-in.ts'
import { mayExec, servingPod } from '../fixtures/workload.ts'

const namespace = 'ways'
const testOnNode = testWithNode()
const exempted = (name: string, rest: object): object => ({
  why: `${name} needs it`,
  subjects: [{ kind: 'ServiceAccount', name, namespace }],
  ...rest,
})

let node = ''
let monitor: { kubeconfig: string }
let dashboard: { kubeconfig: string }
let updater: { kubeconfig: string }

const gate = gatedNamespace(
  namespace,
  async () => {
    await (testOnNode === test ? servingPod(namespace, 'web-0') : undefined)
    monitor = await powerfulServiceAccount(namespace, 'monitor')
    dashboard = await powerfulServiceAccount(namespace, 'dashboard')
    updater = await powerfulServiceAccount(namespace, 'updater')
  },
  {
    exemptions: [
      exempted('monitor', { subresources: ['nodes/proxy'] }),
      exempted('dashboard', { subresources: ['services/proxy', 'pods/proxy'], namespaces: [namespace] }),
      exempted('updater', { subresources: ['pods'] }),
    ],
  },
)
beforeAll(async () => {
  node = await nodeName()
})

const nodePath = (path: string, name = node): string => `/api/v1/nodes/${name}/proxy/${path}`

describe('without access a cluster-admin is denied, and reads what would allow it', () => {
  let entered: ReadonlyMap<string, Ended>

  beforeAll(async () => {
    if (testOnNode === test) entered = await enterAll({ user: 'admin', namespace, node })
  })

  testOnNode.each(allWays)('%s', async (title, { way, code, remedy }) => {
    const { stdout, stderr } = entered.get(title) ?? {}

    expect(stdout).not.toContain('inside')
    expect(stderr).toContain(
      `admission webhook "gate.access.sallyport.dev" denied the request: ${administrator().username} `,
    )
    expect(stderr).toContain(`(${code})`)
    expect(stderr).toMatch(remedy)
    expect(await until('the event', () => gate().decisions.find((one) => one.code === code && one.resource === way)))
      // The event names each way in correctly.
      .toMatchObject({ verdict: 'deny', user: administrator().username })
  })

  test.each(['pods/web-0:8080', 'pods/http:web-0:8080', 'services/web', 'services/https:web:443'])(
    'proxy to %s, whatever the method',
    async (target) => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status, body } = await rawCall('admin', method, `/api/v1/namespaces/${namespace}/${target}/proxy/`)

        expect({ method, status, body }).toMatchObject({
          status: 403,
          body: expect.stringContaining('(E_EXEMPT_ONLY)'),
        })
      }
    },
  )
})

describe('no path of the kubelet is open but those of the list, however it is written', () => {
  // The first six ran a command as root on a real kubelet.
  test.each([
    'metrics/../run/ways/web-0/app?cmd=id',
    'metrics/%2e%2e/run/ways/web-0/app?cmd=id',
    './run/ways/web-0/app?cmd=id',
    'metrics%2f..%2frun/ways/web-0/app?cmd=id',
    'metrics//..//run/ways/web-0/app?cmd=id',
    'metrics/cadvisor/../../run/ways/web-0/app?cmd=id',
    'run/ways/web-0/app?cmd=id',
    '/run/ways/web-0/app?cmd=id',
    '%2frun/ways/web-0/app?cmd=id',
    '%72un/ways/web-0/app?cmd=id',
    'RUN/ways/web-0/app?cmd=id',
    'exec/ways/web-0/app?command=id&output=1',
    'attach/ways/web-0/app?output=1',
    'portForward/ways/web-0',
    'containerLogs/ways/web-0/app',
    'checkpoint/ways/web-0/app',
    'logs/',
    'logs/?query=kubelet',
    'debug/pprof/',
    'runningpods/',
    'metrics%252f..%252frun/ways/web-0/app?cmd=id',
    'metrics/.%2e/run/ways/web-0/app?cmd=id',
    'metrics/..;/run/ways/web-0/app?cmd=id',
    'metrics\\..\\run\\ways\\web-0\\app?cmd=id',
    'metrics%5c..%5crun',
    'metrics%00',
    'metrics%0a',
    'metrics%20',
    'metrics%3fcmd=id',
    'metrics%23',
    'metrics;x',
    'metrics/',
    '//metrics',
    '%2f%2fmetrics',
    'metrics/.',
    'metrics/cadvisor/',
    'metrics//cadvisor',
    'METRICS',
    'Metrics',
    'pods/',
    'stats/',
    '..',
    '.',
    '',
    '?path=/metrics',
  ])('%s', async (path) => {
    for (const method of ['GET', 'POST']) {
      const { status, body } = await rawCall('admin', method, nodePath(path))

      expect({ method, status, body }).toMatchObject({ status: 403, body: expect.stringContaining('(E_NODE_PATH)') })
      expect(body).toContain("an exemption in Sallyport's config")
    }
  })

  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])('by the method %s', async (method) => {
    expect(await rawCall('admin', method, nodePath('run/ways/web-0/app?cmd=id'))).toMatchObject({ status: 403 })
  })

  // Port 10256 belongs to kube-proxy, which has a /healthz as well. Port 10250 is the kubelet's.
  test.each(['NODE:10256', 'http:NODE:10256', 'https:NODE:10250', 'NODE:10250', 'https:NODE:', 'NODE%3A10256'])(
    'nor those of the list on %s, which may be any program of the node',
    async (name) => {
      const { status, body } = await rawCall('admin', 'GET', nodePath('healthz', name.replace('NODE', node)))

      expect({ status, body }).toMatchObject({ status: 403, body: expect.stringContaining('without scheme and port') })
    },
  )
})

describe('monitoring', () => {
  /**
   * Waits for the event that this user was let in to this path. Other tests let other users in to the same path.
   */
  const letIn = (user: string, path: string): Promise<DecisionEvent> => {
    const asked = `/${path.replace(/\?.*/, '')}`
    return until('the event', () =>
      gate().decisions.findLast((event) => event.verdict === 'allow' && event.user === user && event.path === asked),
    )
  }
  const figures = ['metrics', 'metrics/cadvisor', 'metrics/resource', 'metrics/probes', 'healthz', 'configz', 'pods']

  testOnNode.each([...figures, 'stats/summary?only_cpu_and_memory=true', 'metrics?x=1'])(
    'reads %s of a node without an exemption',
    async (path) => {
      expect((await rawCall('admin', 'GET', nodePath(path))).status).toBe(200)
      expect(await letIn(administrator().username, path)).toMatchObject({ code: 'NODE_PATH_ALLOWED' })
    },
  )

  testOnNode.each(['metrics', 'logs/', 'runningpods/'])(
    'reads %s with an exemption, which is recorded',
    async (path) => {
      expect((await rawCall(monitor, 'GET', nodePath(path))).status).toBe(200)
      expect(await letIn(`system:serviceaccount:${namespace}:monitor`, path)).toMatchObject({
        code: 'EXEMPT',
        message: 'monitor needs it',
      })
    },
  )

  testOnNode('reads another port of the node with an exemption', async () => {
    expect((await rawCall(monitor, 'GET', nodePath('healthz', `http:${node}:10256`))).status).toBe(200)
  })

  test('an exemption is for its subresources and namespaces alone', async () => {
    const service = (where: string): string => `/api/v1/namespaces/${where}/services/web/proxy/`

    expect((await rawCall(monitor, 'GET', service(namespace))).status).toBe(403)
    expect((await rawCall(dashboard, 'GET', service('default'))).status).toBe(403)
    expect((await rawCall(dashboard, 'GET', nodePath('logs/'))).status).toBe(403)
    expect((await rawCall(dashboard, 'GET', service(namespace))).status).toBe(testOnNode === test ? 200 : 503)
  })
})

describe('no other change of a pod brings a container in', () => {
  const container = (name: string): object => ({
    name,
    image: testCluster().images.busybox,
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  })
  const patch = (...args: readonly string[]): ReturnType<typeof kubectl> =>
    kubectl('admin', ['patch', 'pod', 'web-0', '-n', namespace, ...args])
  const add = (path: string, value: unknown): readonly string[] => [
    '--type=json',
    '-p',
    JSON.stringify([{ op: 'add', path, value }]),
  ]

  testOnNode.each([
    ['a JSON patch', add('/spec/ephemeralContainers', [container('sneaked')])],
    [
      'a merge patch',
      ['--type=merge', '-p', JSON.stringify({ spec: { ephemeralContainers: [container('sneaked')] } })],
    ],
    ['a strategic patch', ['-p', JSON.stringify({ spec: { ephemeralContainers: [container('sneaked')] } })]],
    ['a dry run', [...add('/spec/ephemeralContainers', [container('sneaked')]), '--dry-run=server']],
    ['a change that adds none', add('/metadata/labels/sneaked', 'yes')],
  ])('%s of ephemeralcontainers is denied', async (_title, change) => {
    const { code, stderr } = await patch('--subresource=ephemeralcontainers', ...change)

    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('(E_NOT_LISTED)') })
    expect(stderr).toContain("an exemption in Sallyport's config")
  })

  testOnNode('a replacement of ephemeralcontainers is denied', async () => {
    const pod = await admin(['get', 'pod', 'web-0', '-n', namespace, '-o', 'json'])
    const path = `/api/v1/namespaces/${namespace}/pods/web-0/ephemeralcontainers`

    expect((await kubectl('admin', ['replace', '--raw', path, '-f', '-'], pod)).stderr).toContain('(E_NOT_LISTED)')
  })

  testOnNode.each([
    ['the pod', []],
    ['resize', ['--subresource=resize']],
    ['status', ['--subresource=status']],
  ])('the API server itself lets no change of %s add one', async (_title, subresource) => {
    // Some patches are refused, and some lose this part. Only the pod afterwards counts.
    await patch(...subresource, ...add('/spec/ephemeralContainers', [container('sneaked')]))
    await patch(...subresource, ...add('/spec/containers/-', container('sneaked')))
    await patch(...subresource, ...add('/spec/initContainers', [container('sneaked')]))
    await patch(...subresource, ...add('/spec/containers/0/command', ['sh']))

    const { spec } = JSON.parse(await admin(['get', 'pod', 'web-0', '-n', namespace, '-o', 'json'])) as {
      spec: { containers: { name: string; command: string[] }[] }
    }
    expect(spec.containers.map(({ name }) => name)).toEqual(['app'])
    expect(spec.containers[0]?.command).toHaveLength(3)
    expect(JSON.stringify(spec)).not.toContain('sneaked')
  })
})

describe('another image in a container of a live pod', () => {
  const image = 'sallyport.local/another:1'
  const setImage = (user: KubectlUser, ...args: readonly string[]): ReturnType<typeof kubectl> =>
    kubectl(user, ['set', 'image', 'pod/web-0', `app=${image}`, '-n', namespace, ...args])
  const imageOf = (): Promise<string> =>
    admin(['get', 'pod', 'web-0', '-n', namespace, '-o', 'jsonpath={.spec.containers[0].image}'])

  testOnNode('is denied to all, also as a dry run, and in whichever way it comes', async () => {
    const before = await imageOf()
    const replaced = (await admin(['get', 'pod', 'web-0', '-n', namespace, '-o', 'yaml'])).replaceAll(before, image)
    const refusals = [
      await setImage('admin'),
      await setImage('admin', '--dry-run=server'),
      await kubectl('admin', ['replace', '-f', '-'], replaced),
      await kubectl('admin', ['apply', '--server-side', '--force-conflicts', '-f', '-'], serverSide(image)),
    ]

    for (const { code, stderr } of refusals) {
      expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('(E_EXEMPT_ONLY)') })
      expect(stderr).toContain(`admin may not change the image of a container of pod ${namespace}/web-0`)
    }
    expect(await imageOf()).toBe(before)
    await until('the event', () =>
      gate().decisions.find(({ code, resource }) => code === 'E_EXEMPT_ONLY' && resource === 'pods'),
    )
  })

  testOnNode('every other update of a pod passes, since the gate, which would deny it, is not called', async () => {
    expect(await kubectl('admin', ['label', 'pod', 'web-0', '-n', namespace, 'changed=yes'])).toMatchObject({ code: 0 })
    expect(await kubectl('admin', ['annotate', 'pod', 'web-0', '-n', namespace, 'changed=yes'])).toMatchObject({
      code: 0,
    })
  })

  testOnNode('is open to an exemption for pods, which is recorded', async () => {
    const before = await imageOf()
    expect(await setImage(updater, '--dry-run=server')).toMatchObject({ code: 0 })
    expect(await imageOf()).toBe(before)

    await until('the event', () =>
      gate().decisions.find(
        ({ code, message, resource }) => code === 'EXEMPT' && resource === 'pods' && message === 'updater needs it',
      ),
    )
  })

  function serverSide(other: string): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-0', namespace },
      spec: { containers: [{ name: 'app', image: other }] },
    })
  }
})

describe('with an access that lists it', () => {
  const alice = (): { user: 'alice'; namespace: string; node: string } => ({ user: 'alice', namespace, node })
  const exec = { pod: 'web-0', container: 'app' }

  testOnNode('cp works both ways for who asked for the commands that it is, and gives nothing else', async () => {
    const up = ['tar', '-xmf', '-', '-C', '/www']
    await access(namespace, 'up', { exec: { ...exec, command: up, stdin: true } })
    await access(namespace, 'down', { exec: { ...exec, command: ['tar', 'cf', '-', '/www/uploaded'] } })

    expect(await triedWays['cp into the pod'].enter(alice())).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^inside [0-9a-f]{8}\n$/),
    })
    expect((await triedWays['cp out of the pod'].enter(alice())).stderr).toContain('(E_NOT_ASKED)')
    expect(await deniedExec('alice', namespace, { command: ['cat', '/www/uploaded'] })).toContain('(E_NOT_ASKED)')
    // She does not have the right to it, and a standing right would not help her.
    expect((await triedWays.attach.enter(alice())).stderr).toContain('cannot create resource')
    await mayExec(namespace, 'alice')
    expect((await triedWays.attach.enter(alice())).stderr).toContain('does not list attach (E_NOT_LISTED)')
    expect((await triedWays['port-forward'].enter(alice())).stderr).toContain(
      'does not list portforward (E_NOT_LISTED)',
    )
  })

  testOnNode('attach, port-forward, log and cp work where any command, input and these are asked for', async () => {
    const subresources = ['attach', 'portforward', 'log']
    await access(namespace, 'any-command', { exec: { ...exec, stdin: true } })
    await access(namespace, 'all', { exec: { ...exec, stdin: true, subresources } })

    for (const way of ['exec', 'cp into the pod', 'cp out of the pod', 'attach', 'port-forward'] as const) {
      expect({ way, ...(await triedWays[way].enter(alice())) }).toMatchObject({
        stdout: expect.stringContaining('inside'),
      })
    }
    expect(await kubectlOk('alice', ['logs', 'web-0', '-n', namespace, '-c', 'app'])).toContain('inside: ')
    const used = gate().decisions.filter(({ code, user }) => code === 'ACCESS' && user === 'alice')
    expect(new Set(used.map(({ resource }) => resource))).toEqual(
      new Set(['pods/exec', 'pods/attach', 'pods/portforward']),
    )
  })
})
