import { kubectl } from '../fixtures/kubectl.ts'
import type { Figure } from './figure.ts'
import { endAccess, giveAccess } from './give-access.ts'
import { namespaces, pod } from './places.ts'
import { command } from './measure-admission.ts'
import { summaryOf } from './summary.ts'

const atOnce = 20
const rounds = 10
const request = 'bench-twenty'

/** Runs twenty real kubectl exec at the same moment, with the gate and without. */
export const twentyAtOnce: Figure = {
  needs: 'cluster',
  async measure(ground) {
    await giveAccess(ground, request, command)
    // This fills kubectl's discovery cache, and brings the files into memory.
    for (const namespace of [namespaces.bare, namespaces.gated]) await execAll(namespace, 1)
    const bare: number[] = []
    const gated: number[] = []
    for (let round = 0; round < rounds; round++) {
      bare.push(await execAll(namespaces.bare, atOnce))
      gated.push(await execAll(namespaces.gated, atOnce))
    }
    await endAccess(ground, request)
    const [without, withGate] = [summaryOf(bare), summaryOf(gated)]
    return {
      rows: [
        { what: `${atOnce} kubectl exec, no webhook`, unit: 'ms', summary: without },
        { what: `${atOnce} kubectl exec, gate`, unit: 'ms', summary: withGate },
      ],
      verdicts: [
        { what: 'mean, gate / no webhook', value: withGate.mean / without.mean, unit: '×', goal: 1.2 },
        { what: 'median, gate / no webhook', value: withGate.median / without.median, unit: '×' },
      ],
      notes: [`all ${2 * rounds * atOnce} succeeded`],
    }
  },
}

/** Returns how many ms pass until the last of them has ended. */
async function execAll(namespace: string, count: number): Promise<number> {
  const begun = performance.now()
  const args = ['exec', pod, '-n', namespace, '-c', 'app', '--', ...command]
  const ended = await Promise.all(Array.from({ length: count }, () => kubectl('alice', args)))
  const ms = performance.now() - begun
  const failed = ended.find(({ code }) => code !== 0)
  if (failed) throw new Error(`kubectl exec in ${namespace}: ${failed.stderr}`)
  return ms
}
