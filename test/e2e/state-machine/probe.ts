import type { World } from './world.ts'
import { fittingDenials, byRbac } from './denial.ts'
import { fits, isLive, mayBeLive, mayRetry, type Tried } from './may-exec.ts'
import { clockOf, commands, latestOf, pods, requestsOf, users, type Model } from './model.ts'

/** The outcome of one exec, and the two moments of the replicas' clocks between which it was decided. */
interface Probed {
  readonly letIn: boolean
  readonly text: string
  readonly from: number
  readonly to: number
}

// A replica that has just been killed does not answer. A second try reaches the other one.
const unreachable = 'failed calling webhook'
const maxTries = 20

/**
 * Tries an exec, up to the answer of admission. Pods exist only on paper, so an exec that is let in gets no further.
 */
export async function tryExec({ execs, namespace }: World, model: Model, tried: Tried): Promise<Probed> {
  const { user, pod, container, command } = tried
  for (let count = 1; ; count++) {
    const from = clockOf(model)
    const { letIn, text } = await execs[user].call({ namespace, pod, container, command })
    if (count === maxTries || !text.includes(unreachable)) return { letIn, text, from, to: latestOf(model) }
  }
}

/** Lets everybody try every way in. Returns what is wrong with the outcomes. */
export async function probeAll(world: World, model: Model, settled: boolean): Promise<readonly string[]> {
  const all = users.flatMap((user) =>
    pods.flatMap((pod) => commands.map((command) => ({ user, pod, command, container: 'app' }) as const)),
  )
  const harmless = all.filter((tried) => !usesSomethingUp(model, tried))
  const wrongs = await Promise.all(
    harmless.map(async (tried) => wrongsOf(tried, await tryExec(world, model, tried), model, settled)),
  )
  return wrongs.flat()
}

/** Returns what is wrong with an outcome. Empty if the model says the same. */
function wrongsOf(tried: Tried, probed: Probed, model: Model, settled: boolean): readonly string[] {
  const who = textOf(tried)
  const fitting = requestsOf(model).filter((request) => fits(request, tried))
  if (probed.letIn) return fitting.some((one) => mayBeLive(one, model, probed.from)) ? [] : [`WRONGLY LET IN: ${who}`]
  if (fitting.some((one) => isLive(one, model, probed.to))) return [`wrongly denied: ${who}: ${probed.text}`]
  return wrongsOfDenial(tried, probed, model, settled)
}

/** Returns what is wrong with a denial: it must name what is missing. */
export function wrongsOfDenial(tried: Tried, { text }: Probed, model: Model, settled: boolean): readonly string[] {
  const why = reasonOf(text)
  const expected = fittingDenials(model, tried, settled)
  return expected.has(why) ? [] : [`denied by ${why} and not ${[...expected].join(', ')}: ${textOf(tried)}: ${text}`]
}

function textOf({ user, pod, container, command }: Tried): string {
  return `${user} in ${container} of ${pod} with ${command.join(' ')}`
}

/** True if this try could use up a `once` request by merely looking. */
function usesSomethingUp(model: Model, tried: Tried): boolean {
  const now = clockOf(model)
  return requestsOf(model).some(
    (one) => one.once && ((fits(one, tried) && mayBeLive(one, model, now)) || mayRetry(one, tried)),
  )
}

function reasonOf(text: string): string {
  const code = /\((E_[A-Z_]+)\)/.exec(text)?.[1]
  return code ?? (/cannot (get|create) resource/.test(text) ? byRbac : text)
}
