import { checkRecord } from '../../src/api/schema/checks.ts'
import { accessRecordKind, type AccessRecord, type AccessRecordDraft } from '../../src/api/kinds/access-record.ts'
import { KubeApiError } from '../../src/cluster/client/api-error.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { readTyped } from '../../src/cluster/client/typed-object.ts'
import { installation } from '../../src/api/installation.ts'

/** Creates a record that can exist only once. Resolves to false if it existed before. */
export async function createSingle(client: Client, record: AccessRecordDraft, signal: AbortSignal): Promise<boolean> {
  try {
    await client.create(accessRecordKind, record, signal)
    return true
  } catch (error) {
    if (error instanceof KubeApiError && error.reason === 'AlreadyExists') return false
    throw error
  }
}

/** Reads a record of Sallyport's own namespace, live. */
export function readRecord(client: Client, name: string, signal: AbortSignal): Promise<AccessRecord | undefined> {
  const where = { namespace: installation.namespace, name }
  return readTyped(client, { resource: accessRecordKind, check: checkRecord }, where, signal)
}
