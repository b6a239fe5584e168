import { Type, type TInteger } from 'typebox'

// The largest id of Linux. The API server allows no larger one.
const maxId = 2 ** 31 - 1

/** Returns the schema of the id of a user or a group, as a container's security context has it. */
export function id(description: string): TInteger {
  return Type.Integer({ minimum: 0, maximum: maxId, description })
}
