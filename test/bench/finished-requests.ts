import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { toMicroTime } from '../../src/api/micro-time.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { installation } from '../../src/api/installation.ts'
import { startFaultProxy, type FaultProxy } from '../faults/proxy.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { freeLease } from '../fixtures/lease.ts'
import { stopController } from '../fixtures/leadership.ts'
import { startReplica, type Replica } from '../fixtures/replica.ts'
import { run } from '../fixtures/run.ts'
import { serviceAccountLogin } from '../fixtures/service-account.ts'
import { until } from '../fixtures/until.ts'
import { each, seconds } from './each.ts'
import type { Figure } from './figure.ts'
import type { Ground } from './ground.ts'
import { namespaces } from './places.ts'

const count = 10_000
// Their retention, seven days, was over yesterday.
const old = 500
const eightDaysMs = 8 * 86_400_000
const idleMs = 60_000
const namespace = namespaces.gated
const waiting = 'finished-waiting'

/**
 * Measures what finished requests cost a controller: at its start, and while nothing happens. It ends the ground's
 * gate.
 */
export const finishedRequests: Figure = {
  needs: 'cluster',
  async measure(ground) {
    const stored = await seconds(() => store(ground))
    process.kill(ground.gate.pid, 'SIGKILL')
    const proxy = await startFaultProxy(join(ground.gate.folder, 'kubeconfig'))
    await freeLease()
    const begun = performance.now()
    const config = join(ground.gate.folder, 'config.yaml')
    const replica = await startReplica({ config, kubeconfig: proxy.kubeconfig })
    await untilServed(ground)
    const startUp = performance.now() - begun
    const pruned = await seconds(() => untilPruned(ground))
    const memory = await residentMB(replica)
    const writes = await idleWrites(proxy)
    const idleMemory = await residentMB(replica)
    await replica[Symbol.asyncDispose]()
    await proxy.close()
    await ground.admin.call(pathOf(accessRequestKind, { namespace }), { method: 'DELETE', timeoutMs: 300_000 })
    const one = (what: string, unit: 's' | 'MB', mean: number) => ({ what, unit, summary: { n: 1, mean } })
    return {
      rows: [
        one(`storing ${count} requests that have ended`, 's', stored),
        one(`until the ${old} old ones were gone`, 's', pruned),
        one('memory of the controller then', 'MB', memory),
        one(`memory of the controller ${idleMs / 1_000} s later`, 'MB', idleMemory),
      ],
      verdicts: [
        { what: 'from its start until a request that waits is served', value: startUp, unit: 'ms', goal: 10_000 },
        { what: `writes in ${idleMs / 1_000} s, without those of the Lease`, value: writes, unit: 'writes', goal: 0 },
      ],
    }
  },
}

/** Stores the requests while no controller runs: so they have ended as this test says, and one waits. */
async function store({ gate, alice }: Ground): Promise<void> {
  await stopController(gate)
  const sallyport = clientOf(await serviceAccountLogin(installation.namespace, installation.serviceAccount))
  const ask = (name: string): Promise<unknown> => {
    const { apiVersion, kind } = accessRequestKind
    const spec = { reason: 'bench', exec: { pod: 'absent', waitForPod: true, command: ['true'] } }
    return alice.create(accessRequestKind, { apiVersion, kind, metadata: { name, namespace }, spec })
  }
  await each(count, async (index) => {
    const name = `finished-${index}`
    await ask(name)
    const finishedAt = toMicroTime(Date.now() - (index < old ? eightDaysMs : 0))
    const status = { phase: 'Expired', message: 'its time is over', finishedAt }
    await sallyport.patchStatus(accessRequestKind, { namespace, name }, status)
  })
  await ask(waiting)
  await sallyport.close()
}

async function untilServed({ admin }: Ground): Promise<void> {
  const path = pathOf(accessRequestKind, { namespace, name: waiting })
  const phase = async (): Promise<unknown> =>
    ((await admin.call(path)) as { status?: { phase?: string } }).status?.phase
  await until('the one that waits is served', phase, 120_000)
}

async function untilPruned({ admin }: Ground): Promise<void> {
  const last = { namespace, name: `finished-${old - 1}` }
  const isGone = async (): Promise<boolean> =>
    (await admin.get(accessRequestKind, { ...last, name: 'finished-0' })) === undefined &&
    (await admin.get(accessRequestKind, last)) === undefined
  await until('the old ones are gone', isGone, 120_000)
}

async function idleWrites(proxy: FaultProxy): Promise<number> {
  await sleep(2_000)
  proxy.startAfresh()
  await sleep(idleMs)
  return proxy.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('/leases/')).length
}

async function residentMB({ pid }: Replica): Promise<number> {
  return Number((await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout) / 1_024
}
