import { setTimeout as sleep } from 'node:timers/promises'
import { installation } from '../../src/api/installation.ts'
import { until } from '../fixtures/until.ts'
import { startCuttingProxy, type CuttingProxy } from './cutting-proxy.ts'
import type { Figure } from './figure.ts'
import { endAccess, giveAccess } from './give-access.ts'
import type { Ground } from './ground.ts'
import { namespaces, pod } from './places.ts'
import { admissionRows, command, measureAdmission, type Admission } from './measure-admission.ts'
import { execCaller } from '../fixtures/exec-call.ts'
import { setWebhookPort } from './webhook-url.ts'

const warm = { rounds: 20, block: 25 }
const cold = { rounds: 10, block: 10 }
// The API server must first notice that its idle connection is closed. Otherwise it would write into a closing
// connection.
const noticeMs = 10
const request = 'bench-admission'

/** Measures what an exec pays for the gate. The calls come one after the other, and one request matches. */
export const execAdmission: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await giveAccess(ground, request, command)
    const kept = await measureAdmission(ground, warm)
    const opened = await measureCold(ground)
    await endAccess(ground, request)
    const ratio = ({ atServer }: Admission): number => atServer.gate.mean / atServer.allowAll.mean
    return {
      rows: [...admissionRows('warm', kept), ...admissionRows('cold', opened)],
      verdicts: [
        { what: 'warm, mean at the API server', value: kept.atServer.gate.mean, unit: 'ms', goal: 9 },
        { what: 'warm, gate / always-allow at the API server', value: ratio(kept), unit: '×' },
        { what: 'warm, gate / no webhook at the client', value: kept.gate.mean / kept.bare.mean, unit: '×' },
        { what: 'cold, mean at the API server', value: opened.atServer.gate.mean, unit: 'ms', goal: 14 },
        { what: 'cold, gate / always-allow at the API server', value: ratio(opened), unit: '×' },
      ],
      notes: ['cold: the API server opens TCP and TLS for each call; the figure includes a TCP proxy of the bench'],
    }
  },
}

async function measureCold(ground: Ground): Promise<Admission> {
  const { admin, gate, allowAll } = ground
  await using cleanup = new AsyncDisposableStack()
  const proxies: CuttingProxy[] = []
  for (const [configuration, port] of [
    [installation.name, gate.port],
    [allowAll.name, allowAll.port],
  ] as const) {
    const proxy = await startCuttingProxy(port, cleanup)
    proxies.push(proxy)
    cleanup.defer(() => setWebhookPort(admin, configuration, port))
    await setWebhookPort(admin, configuration, proxy.port)
  }
  await untilAsked(ground, proxies)
  const before = async (): Promise<void> => {
    for (const proxy of proxies) proxy.cut()
    await sleep(noticeMs)
  }
  const taken = (): number => proxies.reduce((sum, proxy) => sum + proxy.taken, 0)
  const takenBefore = taken()
  const measured = await measureAdmission(ground, { ...cold, before })
  // The calls of both webhooks, with one block each to warm up.
  const calls = 2 * cold.block * (cold.rounds + 1)
  if (taken() - takenBefore < calls) throw new Error('not every call opened a connection')
  return measured
}

/** Waits until the API server asks through the proxies. A changed configuration takes it a moment. */
async function untilAsked({ cluster }: Ground, proxies: readonly CuttingProxy[]): Promise<void> {
  const caller = execCaller(cluster, 'alice')
  try {
    await until('the API server goes through the proxies', async () => {
      for (const namespace of [namespaces.gated, namespaces.allowAll]) await caller.call({ namespace, pod, command })
      return proxies.every(({ taken }) => taken > 0)
    })
  } finally {
    await caller.close()
  }
}
