import { installation } from '../../api/installation.ts'
import type { Client } from '../../cluster/client/client.ts'
import { leases } from '../../cluster/lease/lease-record.ts'

const { namespace, name } = installation

/**
 * The notes that a leader leaves for the next one, as annotations of the Lease. They are not at the objects that they
 * speak of: a user who may change such an object could change its note, too.
 */
export interface LeaseNotes {
  /** Reads the Lease at the first call. From then on, only this leader writes notes. */
  read(annotation: string, signal: AbortSignal): Promise<string | undefined>
  /** Writes a note that is new. A failure is logged: without the note, the next leader tells a finding too many or few. */
  write(annotation: string, value: string, signal: AbortSignal): Promise<void>
}

interface NotesLog {
  warn(fields: object, message: string): void
}

/** Makes the notes of one term of leading. */
export function createLeaseNotes(client: Pick<Client, 'get' | 'patch'>, log: NotesLog): LeaseNotes {
  let known: Readonly<Record<string, string>> | undefined

  async function read(annotation: string, signal: AbortSignal): Promise<string | undefined> {
    if (known === undefined) {
      const found = await client.get(leases, { namespace, name }, signal)
      // Somebody who read at the same time may have come first, and have written a note since.
      known ??= found?.metadata.annotations ?? {}
    }
    return known[annotation]
  }

  return {
    read,
    async write(annotation, value, signal) {
      try {
        if ((await read(annotation, signal)) === value) return
        await client.patch(leases, { namespace, name }, { metadata: { annotations: { [annotation]: value } } }, signal)
        known = { ...known, [annotation]: value }
      } catch (err) {
        signal.throwIfAborted()
        log.warn({ err, annotation }, 'the Lease has no note for the next leader')
      }
    },
  }
}
