import fc, { type Arbitrary } from 'fast-check'
import { accessRequestKind } from '../../../src/api/kinds/access-request.ts'
import type { KubeObject } from '../../../src/cluster/client/resource.ts'
import { askers, commands, pods, type Model } from './model.ts'
import { nth, retried, type Step } from './step.ts'

// These are few, so that a name is soon given to another request after the first was deleted.
const names = Array.from({ length: 8 }, (_, index) => `request-${index}`)
const durations = ['4h', '4h', '2s', '30m'] as const
const durationMs = { '4h': 14_400_000, '30m': 1_800_000, '2s': 2_000 } as const

/** A step in which somebody asks for access. */
export const asking: Arbitrary<Step> = fc
  .record({
    slot: fc.nat(7),
    // The values are mostly the same, so that several requests are about the same pod.
    user: fc.constantFrom(...askers, 'alice', 'alice'),
    pod: fc.constantFrom(...pods, 'web-0'),
    command: fc.constantFrom(...commands, undefined, undefined),
    once: fc.boolean(),
    duration: fc.constantFrom(...durations),
  })
  .map(({ slot, user, pod, command, once, duration }) => ({
    title: `${user} asks for ${command?.join(' ') ?? 'anything'} in ${pod}${once ? ' once' : ''} for ${duration}`,
    applies: (model) => freeNames(model).length > 0,
    async take(model, { as, namespace }) {
      const name = nth(freeNames(model), slot)
      const exec = { pod, container: 'app', ...(command && { command: [...command] }) }
      const { apiVersion, kind } = accessRequestKind
      const file = { apiVersion, kind, metadata: { name, namespace }, spec: { reason: 'model', duration, once, exec } }
      const { metadata } = await retried(() => as[user].create<KubeObject>(accessRequestKind, file))
      model.requests.set(name, {
        ...{ name, uid: metadata.uid ?? '', user, pod, once, durationMs: durationMs[duration] },
        ...(command && { command }),
        ...{ state: 'waiting', ends: new Set(), verdicts: [] },
      })
      return name
    },
  }))

function freeNames({ requests }: Readonly<Model>): readonly string[] {
  return names.filter((name) => !requests.has(name))
}
