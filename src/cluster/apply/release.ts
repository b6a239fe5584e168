import { isNotFound } from '../client/api-error.ts'
import type { Client, ExpectedObject } from '../client/client.ts'
import type { Resource } from '../client/resource.ts'

/** Takes all finalizers off an object that is being deleted, so that no finalizer of anybody holds it. */
export async function release(
  client: Pick<Client, 'patch'>,
  resource: Resource,
  object: ExpectedObject,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.patch(resource, object, { metadata: { finalizers: null } }, signal)
  } catch (error) {
    // The object has gone meanwhile.
    if (!isNotFound(error)) throw error
  }
}
