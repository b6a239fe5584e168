import { beforeAll, expect, test } from '@jest/globals'
import { restartCommand } from '../../src/config/follow-config.ts'
import { accessNamespace } from '../fixtures/access.ts'
import { gatePods, home, killGate, leaderPod, untilRolledOut } from '../fixtures/gate-pods.ts'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { installed, installManifest, withConfig, type Installed } from '../fixtures/installed.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { peopleOf, type People } from '../fixtures/people.ts'
import { startLoad, type SteadyLoad } from '../fixtures/steady-load.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { until } from '../fixtures/until.ts'
import { mayExec } from '../fixtures/workload.ts'

const namespace = 'rolling'
const pod = 'web-0'
const testOnNode = testWithNode()
const leastCalls = 2_000

let sallyport: Installed | undefined
let people: People
const loads: SteadyLoad[] = []

beforeAll(async () => {
  if (testOnNode !== test) return
  // With certificates that live for minutes, a CA signs 15 s after it is in the webhook configurations.
  sallyport = await installed(withConfig(installManifest(), { tls: { lifetime: '3m', caLifetime: '30m' } }))
  await accessNamespace(namespace)
  await mayExec(namespace, 'alice')
  people = await peopleOf(namespace)
  await people.access(pod)
  await untilRolledOut()
})
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
  500_000,
)

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

/** Drains the only node. The budget keeps one replica there, which serves until the node takes pods again. */
async function drainedNode(): Promise<void> {
  const node = await admin(['get', 'nodes', '-o', 'jsonpath={.items[0].metadata.name}'])
  const only = ['--pod-selector=app.kubernetes.io/name=sallyport', '--delete-emptydir-data', '--timeout=8s']
  try {
    const { code, stderr } = await kubectl('admin', ['drain', node, ...only])
    expect(stderr).toContain('disruption budget')
    expect(code).toBe(1)
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
