import { connectMatch } from '../../src/install/gate-matches.ts'
import { admissionMetric } from './admission-metric.ts'
import { execCaller, type ExecCaller } from '../fixtures/exec-call.ts'
import type { Row } from './figure.ts'
import type { Ground } from './ground.ts'
import { namespaces, pod } from './places.ts'
import { summaryOf, type Summary } from './summary.ts'

/** The costs of execs that are let in, side by side. */
export interface Admission {
  readonly bare: Summary
  readonly allowAll: Summary
  readonly gate: Summary
  /** The means at the API server, in ms. */
  readonly atServer: { readonly allowAll: Mean; readonly gate: Mean }
}

interface Mean {
  readonly n: number
  readonly mean: number
}

export interface Effort {
  readonly rounds: number
  /** The number of calls in a row before the next target has its turn. */
  readonly block: number
  /** Called before each call. The default does nothing. */
  readonly before?: () => Promise<void>
}

/** The command that alice may run in the gated namespace. */
export const command = ['true']

export async function measureAdmission(ground: Ground, effort: Effort): Promise<Admission> {
  const caller = execCaller(ground.cluster, 'alice')
  try {
    for (const namespace of Object.values(namespaces)) await runBlock(caller, namespace, effort)
    const webhooks = [ground.allowAll.name, connectMatch.name]
    const read = () => Promise.all(webhooks.map((name) => admissionMetric(ground.cluster, name)))
    const before = await read()
    const ms: Record<keyof typeof namespaces, number[]> = { bare: [], allowAll: [], gated: [] }
    for (let round = 0; round < effort.rounds; round++) {
      ms.bare.push(...(await runBlock(caller, namespaces.bare, effort)))
      ms.allowAll.push(...(await runBlock(caller, namespaces.allowAll, effort)))
      ms.gated.push(...(await runBlock(caller, namespaces.gated, effort)))
    }
    const after = await read()
    const [allowAll, gate] = after.map(({ calls, ms: total }, index) => {
      const n = calls - (before[index]?.calls ?? 0)
      return { n, mean: (total - (before[index]?.ms ?? 0)) / n }
    })
    if (!allowAll || !gate) throw new Error('the API server measured nothing')
    return {
      bare: summaryOf(ms.bare),
      allowAll: summaryOf(ms.allowAll),
      gate: summaryOf(ms.gated),
      atServer: { allowAll, gate },
    }
  } finally {
    await caller.close()
  }
}

async function runBlock(caller: ExecCaller, namespace: string, { block, before }: Effort): Promise<number[]> {
  const ms: number[] = []
  for (let index = 0; index < block; index++) {
    await before?.()
    const call = await caller.call({ namespace, pod, command })
    if (!call.letIn) throw new Error(`not let in: ${call.text}`)
    ms.push(call.ms)
  }
  return ms
}

/**
 * Returns the rows of a measurement.
 * @param title how it was measured, for example `warm`
 */
export function admissionRows(title: string, { bare, allowAll, gate, atServer }: Admission): readonly Row[] {
  const row = (what: string, summary: Row['summary']): Row => ({ what: `${title}: ${what}`, unit: 'ms', summary })
  return [
    row('client, no webhook', bare),
    row('client, always-allow webhook', allowAll),
    row('client, gate', gate),
    row('API server, always-allow webhook', atServer.allowAll),
    row('API server, gate', atServer.gate),
  ]
}
