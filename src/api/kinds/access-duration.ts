import { Type, type TSchemaOptions, type TString } from 'typebox'
import { durationPattern } from '../duration.ts'
import { held } from '../schema/schema.ts'

const shortest = '1s'
const longest = '8760h'

/**
 * Returns the schema of an access's duration: a Go duration from 1s to 8760h (a year), such as `30m` or `1h30m`.
 * The pattern says what a duration looks like. The CEL rule says which durations are allowed.
 */
export function accessDuration(options: TSchemaOptions = {}): TString {
  return Type.String({
    pattern: durationPattern,
    maxLength: 64,
    ...held({
      rule: `duration(self) >= duration('${shortest}') && duration(self) <= duration('${longest}')`,
      message: `must be a duration from ${shortest} to ${longest}, such as 30m or 1h30m`,
    }),
    ...options,
  })
}
