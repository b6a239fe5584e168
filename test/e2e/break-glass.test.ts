import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { deniedExec, exec, rawExec } from '../fixtures/access.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { admin, apply, kubectl } from '../fixtures/kubectl.ts'
import { startReplica } from '../fixtures/replica.ts'
import type { Ended } from '../fixtures/run.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec, runningPod } from '../fixtures/workload.ts'

const namespace = 'break-glass'
const testOnNode = testWithNode()
// In a list of names, the first would end the list. The second would end the text of the name.
const injections = [`x"] || true || "a" in ["a`, `on-call\\`, `'"\\" || true || \\u0061`, '{{ true }} 🧯\u2028']
// The webhook that records waits for one second. The gate's own would wait for five, twice. The rest is for kubectl on
// a loaded machine.
const hangingMs = 4_000

beforeAll(async () => {
  await admin(['create', 'namespace', namespace])
  for (const user of ['alice', 'carol']) await mayExec(namespace, user)
  await (testOnNode === test ? runningPod(namespace, 'web-0') : undefined)
})
afterAll(async () => {
  await admin(['delete', 'namespace', namespace, '--wait=false'])
})

function configOf(impersonation: 'Deny' | 'Record'): object {
  const groups = [...injections, 'on-call'].map((name) => ({ kind: 'Group', name }))
  return { breakGlass: { subjects: [{ kind: 'User', name: 'carol' }, ...groups] }, identity: { impersonation } }
}

/** Runs an exec as the administrator, who claims to be somebody else. */
function impersonated(name: string, groups: readonly string[], flags: readonly string[] = []): Promise<Ended> {
  // He keeps his own rights, so that only the gate can stop him.
  const as = [`--as=${name}`, ...[...groups, 'system:masters'].map((group) => `--as-group=${group}`)]
  return kubectl('admin', ['exec', 'web-0', '-n', namespace, '-c', 'app', ...as, ...flags, '--', 'id'])
}

describe('with impersonation denied', () => {
  let gate: DevGate

  beforeAll(async () => {
    gate = await startDevGate(configOf('Deny'))
  })
  afterAll(async () => {
    await gate.stop()
  })

  /** Returns the audit event of the last exec. */
  async function recorded(): Promise<unknown> {
    return until('the use is recorded', () =>
      gate.lines.findLast((line) => 'code' in line && line.code === 'BREAK_GLASS'),
    )
  }

  testOnNode('who is named gets in without request and grant, and it is recorded loudly', async () => {
    expect(await exec('carol', namespace, { command: ['echo', 'in'] })).toMatchObject({ code: 0, stdout: 'in\n' })

    expect(await recorded()).toMatchObject({
      level: 40,
      msg: 'admission decided',
      webhook: 'break-glass.access.sallyport.dev',
      verdict: 'allow',
      code: 'BREAK_GLASS',
      user: 'carol',
      resource: 'pods/exec',
      namespace,
      name: 'web-0',
      container: 'app',
      command: ['echo', 'in'],
    })
    // The gate is not asked a second time.
    expect(gate.decisions.filter(({ user }) => user === 'carol')).toHaveLength(1)
  })

  test('every other way in is open to them, too, and recorded', async () => {
    await apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'break-glass-carol' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'User', name: 'carol', apiGroup: 'rbac.authorization.k8s.io' }],
    })
    try {
      const path = '/api/v1/nodes/no-such-node/proxy/run/x'
      expect((await kubectl('carol', ['get', '--raw', path])).stderr).toContain('"no-such-node" not found')
      await until('it is recorded', () =>
        gate.decisions.find(({ code, resource }) => code === 'BREAK_GLASS' && resource === 'nodes/proxy'),
      )
      expect((await kubectl('admin', ['get', '--raw', path])).stderr).toContain('E_NODE_PATH')
    } finally {
      await admin(['delete', 'clusterrolebinding', 'break-glass-carol'])
    }
  })

  testOnNode('others stay out, whatever names the config has, and cluster-admins too', async () => {
    expect(await deniedExec('alice', namespace)).toContain('E_NO_PASS')
    expect(await deniedExec('admin', namespace)).toContain('E_NO_PASS')
  })

  testOnNode.each([
    ['the user who is named', 'carol', []],
    ['a member of the group that is named', 'eve', ['on-call']],
  ])('who impersonates %s stays out, and is told why', async (_title, name, groups) => {
    const { code, stderr } = await impersonated(name, groups)

    expect(code).not.toBe(0)
    expect(stderr).toContain(`${name} may use break-glass, but only with a direct login (E_IMPERSONATED)`)
  })

  testOnNode('a login with a uid, as a webhook authenticator gives one, is direct', async () => {
    // Only a person who may impersonate uids can set one. Here the administrator does it in place of an authenticator.
    expect(await impersonated('carol', [], ['--as-uid=4f1c'])).toMatchObject({ code: 0 })
  })

  testOnNode('a gate that hangs holds them up for a second at most, and others stay out', async () => {
    process.kill(gate.pid, 'SIGSTOP')
    try {
      const startedAt = performance.now()
      expect(await exec('carol', namespace)).toMatchObject({ code: 0 })
      expect(performance.now() - startedAt).toBeLessThan(hangingMs)

      // This is one call. kubectl exec would wait for two.
      const refusal = await rawExec('alice', namespace, 'command=id&container=app')
      expect(refusal).toContain('failed calling webhook "gate.access.sallyport.dev"')
    } finally {
      process.kill(gate.pid, 'SIGCONT')
    }
  })

  testOnNode('with the gate down they get in at once, and others stay out', async () => {
    process.kill(gate.pid, 'SIGKILL')

    expect(await exec('carol', namespace)).toMatchObject({ code: 0 })
    expect(await deniedExec('alice', namespace)).toContain('failed calling webhook "gate.access.sallyport.dev"')
    expect((await impersonated('eve', ['on-call'])).stderr).toContain('failed calling webhook')
  })
})

describe('with impersonation only recorded', () => {
  let gate: DevGate

  beforeAll(async () => {
    gate = await startDevGate(configOf('Record'))
  })
  afterAll(async () => {
    await gate.stop()
  })

  testOnNode.each(['on-call', ...injections.filter((name) => !/[^ -~]/.test(name))])(
    'who impersonates a member of %s gets in, and it is recorded as whom',
    async (group) => {
      expect(await impersonated('eve', [group])).toMatchObject({ code: 0 })

      await until('it is recorded', () =>
        gate.decisions.find(
          ({ code, user, groups }) => code === 'BREAK_GLASS' && user === 'eve' && groups?.includes(group),
        ),
      )
    },
  )

  testOnNode('a name that is only like one that is named is another', async () => {
    for (const group of ['x', 'a', 'on-call"', 'On-call', 'on- call', 'on-call\\\\', 'true']) {
      expect(await impersonated('eve', [group])).toMatchObject({ stderr: expect.stringContaining('E_NO_PASS') })
    }
  })

  testOnNode('when the config names others, the next start of the gate brings it in', async () => {
    process.kill(gate.pid, 'SIGTERM')
    const file = join(gate.folder, 'config.yaml')
    const config = parse(readFileSync(file, 'utf8')) as object
    writeFileSync(file, stringify({ ...config, breakGlass: { subjects: [{ kind: 'User', name: 'alice' }] } }))
    await using cleanup = new AsyncDisposableStack()
    cleanup.use(await startReplica({ config: file, kubeconfig: join(gate.folder, 'kubeconfig') }))

    // The new leader looks before it does anything else. The old one gives back its Lease after its drain.
    await until('alice gets in', async () => (await exec('alice', namespace)).code === 0)
    expect(await deniedExec('carol', namespace)).toContain('E_NO_PASS')
  })
})
