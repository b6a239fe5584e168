import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import { applied, binding, refusedApply, requestFile, storedRequest, readyRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, apply, kubectl, kubectlOk } from '../fixtures/kubectl.ts'
import { startKubectl } from '../fixtures/kubectl-session.ts'
import {
  containersIn,
  startMutatingWebhook,
  type Mutation,
  type MutatingWebhook,
} from '../fixtures/mutating-webhook.ts'
import type { Ended } from '../fixtures/run.ts'
import { templateFile } from '../fixtures/templates.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { runningPod } from '../fixtures/workload.ts'

const namespace = 'debug'
const testOnNode = testWithNode()
const image = testCluster().images.busybox

gatedNamespace(namespace, async () => {
  await apply(binding(namespace, 'sallyport-template-author', 'carol'))
  if (testCluster().node.ready) await runningPod(namespace, 'web-0', ['app', 'side'])
})

beforeAll(async () => {
  if (!testCluster().node.ready) return
  const exec = {
    target: { kind: 'Pod', name: 'web-0' },
    commands: [['id']],
    debug: { images: [image], capabilities: ['SYS_PTRACE', 'NET_ADMIN'] },
  }
  await applied('admin', templateFile(namespace, 'debug', { access: { exec } }))
  await applied('alice', asked('debug', { debug: true }))
  await readyRequest(namespace, 'debug')
})

const asked = (name: string, exec: object, spec: object = {}): ReturnType<typeof requestFile> =>
  requestFile(namespace, name, {
    templateRef: { kind: 'AccessTemplate', name: 'debug' },
    duration: undefined,
    exec: { container: 'app', ...exec },
    ...spec,
  })

const debugArgs = (flags: readonly string[]): readonly string[] => [
  'debug',
  'web-0',
  '-n',
  namespace,
  '-q',
  `--image=${image}`,
  '--target=app',
  ...flags,
]

const debug = (user: 'alice' | 'admin', flags: readonly string[]): Promise<Ended> => kubectl(user, debugArgs(flags))

describe('who asked for debug containers', () => {
  testOnNode.each(['general', 'baseline'])('adds one of profile %s by plain kubectl, and is in it', async (profile) => {
    const args = debugArgs(['-i', `--profile=${profile}`, '--', 'sh'])
    await using session = startKubectl('alice', args, 'ps; echo "in $HOSTNAME"\n')

    expect(await session.says(/in web-0/)).toBeDefined()
    // It sees the processes of the container that was named.
    expect(session.soFar().stdout).toContain('sleep 3600')
  })

  testOnNode('adds one of profile restricted', async () => {
    // The container does not start, because its image would run as root. That is up to the image, not the gate.
    expect(await debug('alice', ['--profile=restricted', '--', 'true'])).toMatchObject({ code: 0 })
  })

  testOnNode('is told the command, and it works', async () => {
    const { status } = await storedRequest(namespace, 'debug')

    expect(status?.accessMessage?.split('\n')).toEqual([
      `kubectl exec web-0 -n ${namespace} -c app -- id`,
      `kubectl debug -it web-0 -n ${namespace} --image=${image} --target=app --profile=general`,
    ])
  })

  testOnNode.each<[string, readonly string[], string]>([
    ['the profile sysadmin', ['--profile=sysadmin'], 'privileged may only be false'],
    ['the profile netadmin', ['--profile=netadmin'], 'capabilities.add may have SYS_PTRACE, NET_ADMIN, not NET_RAW'],
    ['another image', ['--image=evil:1'], `image must be ${image}, not evil:1`],
    ['another container', ['--target=side'], 'targetContainerName must be app, not side'],
  ])('is refused %s, and reads what is allowed', async (_title, flags, text) => {
    const { code, stderr } = await debug('alice', [...flags, '--', 'true'])

    expect(code).toBe(1)
    expect(stderr).toContain(text)
    expect(stderr).toContain('(E_DEBUG)')
    expect(stderr).toContain(`kubectl debug -it web-0 -n ${namespace} --image=${image} --target=app`)
  })

  testOnNode('may not exec into it, and nobody else attaches to it', async () => {
    const args = ['-c', 'mine', '-i', '--profile=baseline', '--', 'sh']
    await using session = startKubectl('alice', debugArgs(args), 'echo "in $HOSTNAME"\n')
    await session.says(/in web-0/)

    const exec = await kubectl('alice', ['exec', 'web-0', '-n', namespace, '-c', 'mine', '--', 'id'])
    const byAdmin = await kubectl('admin', ['attach', 'web-0', '-n', namespace, '-c', 'mine'])
    const target = await kubectl('alice', ['attach', 'web-0', '-n', namespace, '-c', 'app'])

    expect(exec.stderr).toContain('This access is to container app of pod debug/web-0, not to mine')
    expect(byAdmin.stderr).toContain(`${administrator().username} has no access to pods/attach of pod debug/web-0`)
    expect(target.stderr).toContain('does not list attach')
  })
})

testOnNode('another who has the same access neither attaches to it nor gets its name', async () => {
  await applied(
    'admin',
    templateFile(namespace, 'other', {
      subjects: [{ kind: 'User', name: administrator().username }],
      access: { exec: { target: { kind: 'Pod', name: 'web-0' }, debug: { images: [image] } } },
    }),
  )
  await applied('admin', asked('other', { debug: true }, { templateRef: { kind: 'AccessTemplate', name: 'other' } }))
  await readyRequest(namespace, 'other')
  const args = ['-c', 'hers', '-i', '--profile=baseline', '--', 'sh']
  await using session = startKubectl('alice', debugArgs(args), 'echo "in $HOSTNAME"\n')
  await session.says(/in web-0/)

  const attached = await kubectl('admin', ['attach', 'web-0', '-n', namespace, '-c', 'hers'])

  expect(attached.stderr).toContain('This access to pod debug/web-0 does not list attach')
})

testOnNode('who asked under the same template without it has none', async () => {
  await kubectlOk('alice', ['delete', 'areq', 'debug', '-n', namespace])
  await applied('alice', asked('plain', {}))
  await readyRequest(namespace, 'plain')

  expect(await debug('alice', ['--', 'true'])).toMatchObject({ code: 1, stderr: expect.stringContaining('Forbidden') })
})

// Some clusters have such policies: kyverno/kyverno#9152, and mirrors of images.
describe('what the cluster’s own admission changes of a debug container', () => {
  // The change is chosen by the name of the container: existing containers may not be changed.
  const changes: Readonly<Record<string, { readonly path: string; readonly value: unknown }>> = {
    'as-user': { path: '/securityContext', value: { runAsUser: 1000 } },
    mirrored: { path: '/image', value: 'mirror.example/tools:1' },
  }
  const change: Mutation = (pod) =>
    containersIn(pod).flatMap(({ name, path }) => {
      const to = changes[name]
      return to ? [{ op: 'add', path: path + to.path, value: to.value }] : []
    })
  let webhook: MutatingWebhook | undefined

  beforeAll(async () => {
    if (!testCluster().node.ready) return
    webhook = await startMutatingWebhook(namespace, change)
    // If two requests are refused, the denial reports only one.
    await admin(['delete', 'areq', 'plain', '-n', namespace, '--ignore-not-found'])
    const exec = { target: { kind: 'Pod', name: 'web-0' }, debug: { images: [image], runAsUser: 1000 } }
    await applied('admin', templateFile(namespace, 'user', { access: { exec } }))
    await applied('alice', asked('user', { debug: true }, { templateRef: { kind: 'AccessTemplate', name: 'user' } }))
    await readyRequest(namespace, 'user')
  })
  afterAll(async () => {
    await webhook?.[Symbol.asyncDispose]()
  })

  testOnNode('passes where the template offers it', async () => {
    expect(await debug('alice', ['-c', 'as-user', '--profile=baseline', '--', 'true'])).toMatchObject({ code: 0 })

    const user = '{.spec.ephemeralContainers[?(@.name=="as-user")].securityContext.runAsUser}'
    expect(await admin(['get', 'pod', 'web-0', '-n', namespace, '-o', `jsonpath=${user}`])).toBe('1000')
  })

  testOnNode('is told to be the cluster’s, where it does not', async () => {
    const { stderr } = await debug('alice', ['-c', 'mirrored', '--profile=baseline', '--', 'true'])

    expect(stderr).toContain(`image must be ${image}, not mirror.example/tools:1`)
    expect(stderr).toContain('If you typed something else, a mutating webhook or a policy of the cluster changed it')
  })
})

test('for one use there is none, and none without a template', async () => {
  const once = await refusedApply('alice', asked('once', { debug: true }, { once: true }))
  const bare = await refusedApply('alice', asked('bare', { pod: 'web-0', debug: true }, { templateRef: undefined }))

  expect(once).toContain('once is for one session, and a debug container takes two calls')
  expect(bare).toContain('debug containers are offered by templates: name one in templateRef')
})

test('an author who may not escalate templates offers no capability that gives the node', async () => {
  const exec = { target: { kind: 'Pod', name: 'web-0' }, debug: { images: [image], capabilities: ['SYS_MODULE'] } }

  expect(await refusedApply('carol', templateFile(namespace, 'beyond', { access: { exec } }))).toContain(
    'carol may not offer this: spec.access.exec.debug.capabilities has SYS_MODULE (E_TEMPLATE_AUTHOR)',
  )
})
