import fc, { type Arbitrary } from 'fast-check'
import { readClusterState } from './cluster-state.ts'
import { fits, isLive, mayBeLive, mayRetry, type Tried } from './may-exec.ts'
import { clockOf, commands, latestOf, pods, requestsOf, users, type Model, type ModelRequest } from './model.ts'
import { tryExec, wrongsOfDenial } from './probe.ts'
import { nth, type Step } from './step.ts'
import { fail } from './verify.ts'
import type { World } from './world.ts'

/** A step in which somebody execs, maybe several times at once. Only here `once` requests are used. */
export const using: Arbitrary<Step> = fc
  .record({
    user: fc.constantFrom(...users),
    pod: fc.constantFrom(...pods),
    container: fc.constantFrom('app' as const, 'app' as const, 'app' as const, 'side' as const),
    command: fc.constantFrom(...commands),
    // Otherwise any exec, which is mostly denied.
    asGranted: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, fc.constant(false)),
    which: fc.nat(7),
    atOnce: fc.constantFrom(1, 1, 3),
  })
  .map(({ asGranted, which, atOnce, ...any }) => ({
    title: `${atOnce === 1 ? 'an exec' : `${atOnce} execs at once`}${asGranted ? ' of what was granted' : ''}`,
    applies: (model) => !asGranted || requestsOf(model, 'granted').length > 0,
    async take(model, world) {
      const granted = requestsOf(model, 'granted')
      const tried = asGranted ? asAsked(nth(granted, which), any) : any
      const letIn = await execAtOnce(model, world, tried, atOnce)
      return `${tried.user} ${tried.pod}/${tried.container} ${tried.command.join(' ')}: ${letIn} let in`
    },
  }))

function asAsked({ user, pod, command }: ModelRequest, any: Tried): Tried {
  return { user, pod, container: 'app', command: command ?? any.command }
}

/** Execs several times at once, and returns how many were let in. */
async function execAtOnce(model: Model, world: World, tried: Tried, count: number): Promise<number> {
  const fitting = requestsOf(model).filter((request) => fits(request, tried))
  const before = clockOf(model)
  const maybe = fitting.filter((one) => mayBeLive(one, model, before))
  const again = fitting.filter((one) => mayRetry(one, tried))
  const probed = await Promise.all(Array.from({ length: count }, () => tryExec(world, model, tried)))
  const after = latestOf(model)
  const sure = fitting.filter((one) => isLive(one, model, after))
  const uses = await noteUses(model, world, tried)
  const letIn = probed.filter((one) => one.letIn).length
  const most = mostEntries(maybe, again, count)
  const least = entriesOf(sure, count)
  const texts = probed.map(({ text }) => text).join('\n')
  fail(world, [
    ...(letIn > most ? [`WRONGLY LET IN: ${letIn} of ${count}, where ${most} may be: ${texts}`] : []),
    ...(letIn < least ? [`wrongly denied: ${letIn} of ${count} let in, not ${least}: ${texts}`] : []),
    ...(fewestUses(maybe, letIn) <= uses && uses <= mostUses(sure, letIn)
      ? []
      : [`${uses} uses were recorded of ${letIn} that were let in`]),
    ...probed.filter((one) => !one.letIn).flatMap((one) => wrongsOfDenial(tried, one, model, false)),
  ])
  return letIn
}

/**
 * Returns how many execs may be let in at most. A `once` request may let in two, because the same call may come once
 * more.
 */
function mostEntries(maybe: readonly ModelRequest[], again: readonly ModelRequest[], count: number): number {
  return maybe.every(({ once }) => once) ? Math.min(count, 2 * maybe.length + again.length) : count
}

/** Returns how many execs these requests let in at least. */
function entriesOf(requests: readonly ModelRequest[], count: number): number {
  return requests.every(({ once }) => once) ? Math.min(count, requests.length) : count
}

function fewestUses(maybe: readonly ModelRequest[], letIn: number): number {
  return maybe.every(({ once }) => once) ? letIn : 0
}

/** Returns how many uses there may be at most. A request that can be used again is taken before a `once` request. */
function mostUses(sure: readonly ModelRequest[], letIn: number): number {
  return sure.some(({ once }) => !once) ? 0 : letIn
}

/** Learns which `once` requests are used now, or used again. Returns how many records are new. */
async function noteUses(model: Model, { as, namespace }: World, { command }: Tried): Promise<number> {
  const { uses } = await readClusterState(as.admin, namespace)
  let count = 0
  for (const { metadata, spec } of uses) {
    const request = requestsOf(model).find(({ uid }) => uid === spec.request?.uid)
    if (!request || model.used.has(metadata.name)) continue
    count += 1
    model.used.add(metadata.name)
    if (spec.retry) request.isRetried = true
    else Object.assign(request, { usedAt: Date.parse(spec.time), usedFor: command })
  }
  return count
}
