import type { AsyncCommand } from 'fast-check'
import { isNotFound, KubeApiError } from '../../../src/cluster/client/api-error.ts'
import type { Model } from './model.ts'
import { verify } from './verify.ts'
import type { World } from './world.ts'

/** One thing that somebody does, or that happens. */
export interface Step {
  readonly title: string
  /** True if there is something to do it to. */
  readonly applies: (model: Readonly<Model>) => boolean
  /** Takes the step, and notes in the model what must come of it. Returns what was done and the answer. */
  readonly take: (model: Model, world: World) => Promise<string>
}

/** Returns the step as fast-check runs it: after it, all rules are checked. */
export function commandOf({ title, applies, take }: Step): AsyncCommand<Model, World> {
  return {
    check: (model) => applies(model),
    async run(model, world) {
      world.story.push(`${title} ...`)
      world.story.push(`${world.story.pop() ?? ''} ${await take(model, world)}`)
      await verify(model, world)
    },
    toString: () => title,
  }
}

/** Returns the n-th of them, counting round and round, because their number differs from run to run. */
export function nth<T>(all: readonly T[], n: number): T {
  const one = all[n % all.length]
  if (one === undefined) throw new Error('there is nothing to choose from')
  return one
}

/** Returns the outcome of an API call: accepted, or the code of its refusal. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return accepted
  } catch (error) {
    if (isNotFound(error) || !(error instanceof KubeApiError)) throw error
    const code = /\((E_[A-Z_]+)\)/.exec(error.message)?.[1]
    if (code === undefined) throw error
    return code
  }
}

export const accepted = 'accepted'

const unreachable = 'failed calling webhook'
const maxTries = 20

/** Sends the call again while the webhook does not answer, for example at the moment when a replica dies. */
export async function retried<T>(call: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await call()
    } catch (error) {
      if (count === maxTries || !String(error).includes(unreachable)) throw error
    }
  }
}
