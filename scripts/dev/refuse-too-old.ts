import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Client } from '../../src/cluster/client/client.ts'
import { tooOld } from '../../test/cluster/too-old.ts'

const version = Type.Object({ gitVersion: Type.String() })

/** Asks the API server for its version, and throws if it is too old for Sallyport. */
export async function refuseTooOld(client: Client): Promise<void> {
  const problem = tooOld(Value.Parse(version, await client.call('/version')).gitVersion)
  if (problem !== undefined) throw new Error(problem)
}
