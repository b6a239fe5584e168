import type { AsyncCommand } from 'fast-check'
import { isNotFound, KubeApiError } from '../../../src/cluster/client/api-error.ts'
import type { Model } from './model.ts'
import { verify } from './verify.ts'
import type { World } from './world.ts'

/** One thing that somebody does, or that happens. */
export interface Step {
  readonly title: string
  /** Whether there is anything to do it to. */
  readonly applies: (model: Readonly<Model>) => boolean
  /** Does it, notes in the model what must come of it, and says what it was and what was answered. */
  readonly take: (model: Model, world: World) => Promise<string>
}

/** The step as fast-check runs it: after it, all rules are checked. */
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

/** The n-th of them, round and round: what there is differs from run to run. */
export function nth<T>(all: readonly T[], n: number): T {
  const one = all[n % all.length]
  if (one === undefined) throw new Error('there is nothing to choose from')
  return one
}

/** What an API call came to: accepted, or the code with which it was refused. */
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

/** Sends it again while the webhook answers nobody, as in the moment in which a replica dies. */
export async function retried<T>(call: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await call()
    } catch (error) {
      if (count === maxTries || !String(error).includes(unreachable)) throw error
    }
  }
}
