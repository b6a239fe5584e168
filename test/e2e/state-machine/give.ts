import { accessGrantKind } from '../../../src/api/kinds/access-grant.ts'
import { pathOf } from '../../../src/cluster/client/resource.ts'
import { earliestOf, type Model, type ModelRequest, type ModelVerdict } from './model.ts'
import { accepted, outcomeOf, retried } from './step.ts'
import type { World } from './world.ts'

const durationMs = { '2s': 2_000, '10m': 600_000 } as const

export type Verdict = Pick<ModelVerdict, 'by' | 'verdict'> & {
  readonly request: ModelRequest
  readonly digest?: string
  /** The duration. If left out, it is as long as was asked. */
  readonly duration?: keyof typeof durationMs
}

/** Lets somebody give a verdict. If it is accepted, the model has it from then on. */
export async function give(
  { request, by, verdict, digest, duration }: Verdict,
  model: Model,
  { as, namespace, next }: World,
): Promise<{ readonly grant: string; readonly outcome: string }> {
  const grant = `grant-${next()}`
  const { apiVersion, kind } = accessGrantKind
  const spec = { requestRef: { name: request.name }, verdict, digest, duration }
  const body = { apiVersion, kind, metadata: { name: grant, namespace }, spec }
  const givenAt = earliestOf(model)
  const post = { method: 'POST', body } as const
  const outcome = await outcomeOf(retried(() => as[by].call(pathOf(accessGrantKind, { namespace }), post)))
  if (outcome === accepted) {
    const lasts = duration === undefined ? Infinity : durationMs[duration]
    request.verdicts.push({ grant, by, verdict, durationMs: lasts, givenAt })
  }
  return { grant, outcome }
}
