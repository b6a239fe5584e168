import { run } from '../fixtures/run.ts'
import type { Figure, Row } from './figure.ts'
import { endAccess, giveAccess } from './give-access.ts'
import type { Ground } from './ground.ts'
import { admissionRows, command, measureAdmission } from './measure-admission.ts'
import { removeMany, storeMany } from './store-many.ts'

const count = 10_000
const effort = { rounds: 12, block: 25 }
const request = 'bench-stored'

/**
 * Measures what an exec pays for the requests and grants of others. The goal is nothing: with 10 000 it is as fast as
 * before.
 */
export const storedRequests: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await giveAccess(ground, request, command)
    const before = await measureAdmission(ground, effort)
    const memoryBefore = await residentMB(ground)
    const stored = await storeMany(ground, count)
    const memory = await residentMB(ground)
    const full = await measureAdmission(ground, effort)
    await endAccess(ground, request)
    await removeMany(ground)
    await giveAccess(ground, request, command)
    const after = await measureAdmission(ground, effort)
    await endAccess(ground, request)

    const empty = (before.atServer.gate.mean + after.atServer.gate.mean) / 2
    const emptyBase = (before.atServer.allowAll.mean + after.atServer.allowAll.mean) / 2
    const ratio = full.atServer.gate.mean / empty
    const one = (what: string, unit: Row['unit'], mean: number): Row => ({ what, unit, summary: { n: 1, mean } })
    return {
      rows: [
        ...admissionRows('0 stored, before', before),
        ...admissionRows(`${count} stored`, full),
        ...admissionRows('0 stored, after', after),
        one(`creating ${count} requests`, 's', stored.requests),
        one(`creating ${count} grants`, 's', stored.grants),
        one('until the controller had settled', 's', stored.settled),
        one('memory of the gate, 0 stored', 'MB', memoryBefore),
        one(`memory of the gate, ${count} stored`, 'MB', memory),
      ],
      verdicts: [
        { what: `gate with ${count} / 0 stored, at the API server`, value: ratio, unit: '×', goal: 1.1 },
        {
          what: 'the same for the always-allow webhook: the part of the machine',
          value: full.atServer.allowAll.mean / emptyBase,
          unit: '×',
        },
      ],
      notes: [
        `stored: ${count} requests for pods that do not exist, a grant for each, a quarter in the pod's namespace`,
      ],
    }
  },
}

async function residentMB({ gate }: Ground): Promise<number> {
  const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(gate.pid)])
  return Number(stdout) / 1_024
}
