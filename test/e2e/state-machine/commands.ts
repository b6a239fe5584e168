import fc, { type Arbitrary, type AsyncCommand } from 'fast-check'
import { asking } from './asking.ts'
import { contradicting, deciding } from './deciding.ts'
import { killing, pausing, replacing, replacingUnseen, resuming, settingClock } from './disturbing.ts'
import { deletingGrant, deletingRequest, expiring, revoking } from './ending.ts'
import type { Model } from './model.ts'
import { commandOf, type Step } from './step.ts'
import { using } from './using.ts'
import type { World } from './world.ts'

/** The weight of each step. Steps that take seconds are rare. */
const weights: readonly (readonly [number, Arbitrary<Step>])[] = [
  [24, asking],
  [30, deciding],
  [3, contradicting],
  [24, using],
  [6, revoking],
  [10, deletingRequest],
  [4, deletingGrant],
  [6, expiring],
  [3, replacing],
  [6, replacingUnseen],
  [2, killing],
  [3, pausing],
  [6, resuming],
  [3, settingClock],
]

/** Returns sequences of up to so many steps. */
export function someCommands(maxCommands: number): Arbitrary<Iterable<AsyncCommand<Model, World>>> {
  const any = fc.oneof(...weights.map(([weight, step]) => ({ weight, arbitrary: step.map(commandOf) })))
  return fc.commands<Model, World, false>([any], { maxCommands, size: 'max' })
}
