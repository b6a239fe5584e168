import { beforeAll, expect, test } from '@jest/globals'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAuthority, issueLeaf } from '../../certs/authority.ts'
import type { Manifest } from '../../src/api/manifest.ts'
import { restartCommand } from '../../src/config/follow-config.ts'
import { accessNamespace } from '../fixtures/access.ts'
import { controlPlane, type ControlPlane } from '../fixtures/control-plane.ts'
import { execCaller } from '../fixtures/exec-call.ts'
import { gateKiller, gatePods, home, leaderPod, untilRolledOut } from '../fixtures/gate-pods.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import {
  applyAll,
  applyCertificates,
  installed,
  installManifest,
  untilTrusted,
  withConfig,
  withFiles,
  type Installed,
} from '../fixtures/installed.ts'
import { admin, apply, kubectl } from '../fixtures/kubectl.ts'
import { peopleOf, type People } from '../fixtures/people.ts'
import { describeWith } from '../fixtures/real-tool.ts'
import { startLoad, type SteadyLoad } from '../fixtures/steady-load.ts'
import { testCluster, testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec } from '../fixtures/workload.ts'

const namespace = 'rolling'
const pod = 'web-0'
const testOnNode = testWithNode()
const leastCalls = 2_000
// With certificates that live for minutes, a CA signs 15 s after it is in the webhook configurations.
const config = { tls: { lifetime: '3m', caLifetime: '30m' }, selfCheck: { interval: '10s' } }

const selfManaged = withConfig(installManifest(), config)

let sallyport: Installed | undefined
let people: People
const loads: Pick<SteadyLoad, 'stop'>[] = []

beforeAll(async () => {
  if (testOnNode !== test) return
  sallyport = await installed(selfManaged)
  await accessNamespace(namespace)
  await mayExec(namespace, 'alice')
  people = await peopleOf(namespace)
  await people.access(pod)
  await untilRolledOut()
}, 300_000)
inTheEnd(
  () => Promise.all(loads.map((load) => load.stop())),
  () => people[Symbol.asyncDispose](),
  () => admin(['delete', 'namespace', namespace, '--ignore-not-found', '--wait=false']),
  () => sallyport?.uninstall(),
)

const deployment = ['deployment/sallyport', '-n', home]

/** The changes that an administrator makes to a running gate. No user may notice them. */
const changes: Readonly<Record<string, () => Promise<unknown>>> = {
  'a rolling update, as the log tells how': () => admin(restartCommand.split(' ').slice(1)),
  'from two replicas to three': () => admin(['scale', '--replicas=3', ...deployment]),
  'from three replicas to two': () => admin(['scale', '--replicas=2', ...deployment]),
  'the end of the leader': async () => admin(['delete', 'pod', await leaderPod(), '-n', home]),
  'a drained node': drainedNode,
  'a deleted serving certificate': () => changed('sallyport-tls', ['delete', 'secret', 'sallyport-tls', '-n', home]),
  'a new CA': async () => {
    const rotate = ['annotate', 'secret', 'sallyport-ca', '-n', home, 'access.sallyport.dev/rotate-ca=now']
    await Promise.all([changed('sallyport-ca', rotate), changed('sallyport-tls')])
  },
  'from its own CA to files of another': async () => {
    const ca = await ownPki('own-pki')
    await applyCertificates(withFiles(installManifest(), 'own-pki'))
    await untilRolledOut()
    await untilTrusted(() => Promise.resolve(ca))
  },
  'from files to its own CA': async () => {
    await applyCertificates(selfManaged)
    await untilRolledOut()
    await untilTrusted(() =>
      admin(['get', 'secret', 'sallyport-ca', '-n', home, '-o', String.raw`jsonpath={.data.ca\.crt}`]),
    )
  },
}

/** Makes a Secret with a certificate of a CA of its own. Resolves to the CA, in base64. */
async function ownPki(name: string): Promise<string> {
  const validity = { from: new Date(), days: 1 }
  const authority = await createAuthority('a PKI', validity)
  const leaf = await issueLeaf(authority, [`sallyport.${home}.svc`], validity)
  const encoded = (text: string): string => Buffer.from(text).toString('base64')
  const data = { 'tls.crt': encoded(leaf.cert), 'tls.key': encoded(leaf.key), 'ca.crt': encoded(authority.cert) }
  await apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: home }, data })
  return data['ca.crt']
}

testOnNode(
  `under a steady load no call fails: ${Object.keys(changes).join(', ')}`,
  async () => {
    const load = startLoad({ namespace, pod })
    loads.push(load)
    for (const [name, change] of Object.entries(changes)) {
      const before = load.failed().length
      await change()
      await untilRolledOut()
      await untilCalls(load, load.calls() + 150)
      expect({ [name]: load.failed().slice(before) }).toEqual({ [name]: [] })
    }
    await untilCalls(load, leastCalls)
    await load.stop()

    console.log(`${load.calls()} calls, ${load.failed().length} failed`)
    expect(load.failed()).toEqual([])
  },
  900_000,
)

describeWith(gateKiller(), 'a replica is killed', (killGate) => {
  testOnNode(
    'each replica in turn is killed: calls that fail are refused with a text, and soon none fails any more',
    async () => {
      const load = startLoad({ namespace, pod })
      loads.push(load)
      for (const replica of await gatePods()) {
        await killGate(replica)
        const mended = load.failed().length
        await untilCalls(load, load.calls() + 150)
        expect(load.failed().slice(mended)).toEqual([])
      }
      await load.stop()

      console.log(`${load.calls()} calls, ${load.failed().length} failed while a replica was dead`)
      expect(load.failed().filter(({ text }) => !text.includes('failed calling webhook'))).toEqual([])
    },
    300_000,
  )

  testOnNode(
    'the leader is killed in the middle of a rolling update, which goes on',
    async () => {
      const leader = await leaderPod()
      const [killed] = (await gatePods()).filter(({ name }) => name === leader)
      await admin(['rollout', 'restart', ...deployment])
      if (killed) await killGate(killed).catch(() => undefined) // The update may end it before it is ready again.
      await untilRolledOut()

      await leaderPod()
      expect(await people.exec(pod)).toMatchObject({ letIn: true })
    },
    300_000,
  )
})

/** The failures of the control plane. */
const outages: Readonly<Record<string, (control: ControlPlane) => Promise<void>>> = {
  'the API server is restarted': (control) => control.restartApiServer(),
  // The leader has ten seconds to renew its lease.
  'etcd hangs until no replica leads': (control) => control.pauseEtcd(12_000),
}

describeWith(controlPlane(), 'the control plane fails', (control) => {
  testOnNode.each(Object.entries(outages))(
    '%s: no pod is restarted, nobody gets in past the gate, and then all goes on',
    async (name, happens) => {
      const before = await gatePods()
      const load = startLoad({ namespace, pod })
      const intruder = startIntruder()
      loads.push(load, intruder)
      await untilCalls(load, 60)

      await happens(control)
      const begun = performance.now()
      // The watches of the others have ended.
      await using later = await peopleOf(namespace)
      await later.access(`after-${Object.keys(outages).indexOf(name)}`)
      const seconds = (performance.now() - begun) / 1_000

      const mended = load.failed().length
      await untilCalls(load, load.calls() + 100)
      await Promise.all([load.stop(), intruder.stop()])
      console.log(`${name}: ${mended} calls failed, and a grant worked ${seconds.toFixed(1)} s after it`)
      expect(load.failed().slice(mended)).toEqual([])
      expect(intruder.tried()).toBeGreaterThan(20)
      expect(intruder.letIn()).toBe(0)
      expect(seconds).toBeLessThan(20)

      await allGoesOn()
      expect(await gatePods()).toEqual(before)
    },
    120_000,
  )
})

testOnNode(
  'a config with a field that the program does not know: the roll-out stalls, and the pod says the field',
  async () => {
    const before = await gatePods()
    const configured = (fields: object): readonly Manifest[] =>
      withConfig(installManifest(), { ...config, ...fields }).filter(({ kind }) => kind === 'ConfigMap')
    await applyAll(configured({ ofANewerVersion: true }))
    await admin(['rollout', 'restart', ...deployment])

    const { name: added } = await until('a pod that does not start', async () =>
      (await gatePods()).find(({ name, restarts }) => restarts > 0 && !before.some((old) => old.name === name)),
    )
    const said = 'config.ofANewerVersion is not a known field'
    expect(await admin(['describe', 'pod', added, '-n', home])).toContain(said)
    // The kubelet keeps the log of one dead container. For a moment the status still names the one before.
    const logs = ['logs', added, '-n', home, '--previous']
    await until('its log says the field', async () => (await kubectl('admin', logs)).stdout.includes(said))
    expect(await gatePods()).toEqual(expect.arrayContaining([...before]))
    expect(await people.exec(pod)).toMatchObject({ letIn: true })

    await applyAll(configured({}))
    await admin(['rollout', 'restart', ...deployment])
    await until('a pod starts', async () =>
      (await gatePods()).some(({ name, isReady }) => isReady && !before.some((old) => old.name === name)),
    )
  },
  120_000,
)

/** The lease is renewed, a lost certificate comes back, and so does a policy that somebody changed. */
async function allGoesOn(): Promise<void> {
  await leaderPod()
  await changed('sallyport-tls', ['delete', 'secret', 'sallyport-tls', '-n', home])
  const policy = ['validatingadmissionpolicy', 'sallyport-writers']
  await admin(['patch', ...policy, '--type=merge', '-p', '{"spec":{"failurePolicy":"Ignore"}}'])
  const read = ['get', ...policy, '-o', 'jsonpath={.spec.failurePolicy}']
  await until('the policy is restored', async () => (await admin(read)) === 'Fail')
}

/** Tries all the time to run what nobody granted. */
function startIntruder(): { tried(): number; letIn(): number; stop(): Promise<void> } {
  const counts = { tried: 0, letIn: 0 }
  const caller = execCaller(testCluster(), 'alice')
  const stop = new AbortController()
  const trying = (async () => {
    while (!stop.signal.aborted) {
      counts.tried++
      const call = await caller.call({ namespace, pod, command: ['sh'] }).catch(() => undefined)
      if (call?.letIn) counts.letIn++
      await sleep(50)
    }
    await caller.close()
  })()
  return {
    tried: () => counts.tried,
    letIn: () => counts.letIn,
    stop: () => {
      stop.abort()
      return trying
    },
  }
}

/**
 * Drains a node. If it is the only one, the budget keeps one replica there, which serves until the node takes pods
 * again.
 */
async function drainedNode(): Promise<void> {
  const names = await admin(['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}'])
  const [node = '', ...others] = names.split(' ')
  const only = ['--pod-selector=app.kubernetes.io/name=sallyport', '--delete-emptydir-data', '--timeout=8s']
  try {
    const { code, stderr } = await kubectl('admin', ['drain', node, ...only])
    if (others.length === 0) expect(stderr).toContain('disruption budget')
    expect(code).toBe(others.length === 0 ? 1 : 0)
  } finally {
    await admin(['uncordon', node])
  }
}

/** Runs kubectl, and waits until the certificate in a Secret is another one. */
async function changed(secret: string, args?: readonly string[]): Promise<void> {
  const read = ['get', 'secret', secret, '-n', home, '--ignore-not-found', '-o', String.raw`jsonpath={.data.tls\.crt}`]
  const before = await admin(read)
  if (args) await admin(args)
  await until(
    `another certificate in ${secret}`,
    async () => {
      const now = await admin(read)
      return now !== '' && now !== before
    },
    90_000,
  )
}

async function untilCalls(load: SteadyLoad, least: number): Promise<void> {
  await until(`${least} calls`, () => load.calls() >= least, 120_000)
}
