import type { AuditEvent } from '../../api/audit-event.ts'
import { installation } from '../../api/installation.ts'
import { accessRecordKind, type AccessRecord } from '../../api/kinds/access-record.ts'
import { followRecords } from '../../audit/delivery/audit-records.ts'
import { auditLabel } from '../../audit/record/event-record.ts'
import { readRecord } from '../../audit/record/read-record.ts'
import type { Client } from '../../cluster/client/client.ts'
import { say } from '../../decision/text/sentence.ts'
import { inSession } from '../connection/session.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { interruptible } from '../output/interrupt.ts'
import { tell, warn } from '../output/output.ts'
import type { AuditTailOptions } from './audit-verb.ts'
import { eventLine, isWanted } from './event-line.ts'

/** `audit tail`: shows the events in the cluster, and with --follow also those that come. */
export function auditTail(options: AuditTailOptions): Promise<ExitCode> {
  const { installedIn: namespace = installation.namespace, follow, output, request, of: user, ...where } = options
  const wanted = { namespace: where.namespace || undefined, request, user }
  const show = (records: readonly AccessRecord[]): void => {
    for (const event of eventsOf(records).filter((one) => isWanted(one, wanted))) {
      if (output === 'json') tell(JSON.stringify(event))
      // Links are for programs, which verify the chain.
      else if (!event.data.link) tell(eventLine(event))
    }
  }
  return inSession(where, async ({ client }) => {
    // A list fails with a sentence if the user may not read records. A reflector would try again for ever.
    const { items } = await client.list(accessRecordKind, { namespace, labelSelector: auditLabel })
    if (items.length === 0) warn(say`No audit event is in namespace ${namespace} now.`)
    show(items as AccessRecord[])
    if (follow) {
      const seen = new Set(items.map(({ metadata }) => metadata.uid))
      const left = 'No event is shown any more. Sallyport goes on to record them.'
      await interruptible(
        () => left,
        (signal) => followOn(client, { namespace, seen, show }, signal),
      )
    }
    return exitCode.done
  })
}

interface Followed {
  readonly namespace: string
  /** The uids of the records that were shown before. */
  readonly seen: ReadonlySet<string | undefined>
  readonly show: (records: readonly AccessRecord[]) => void
}

async function followOn(client: Client, { namespace, seen, show }: Followed, signal: AbortSignal): Promise<void> {
  let waiting: AccessRecord[] | undefined = []
  const records = followRecords(
    client,
    (before, after) => {
      if (before || !after || seen.has(after.metadata.uid)) return
      if (waiting) waiting.push(after)
      else show([after])
    },
    ({ event }) => {
      if (event !== 'listed') warn('The API server lost touch. Events are shown again as soon as it answers.')
    },
    namespace,
  )
  const following = records.run(signal)
  await Promise.race([records.synced, following])
  show(waiting)
  waiting = undefined
  await following
}

/** Returns the events of records, the oldest first. A part that Sallyport did not write stands there as unreadable. */
function eventsOf(records: readonly AccessRecord[]): readonly AuditEvent[] {
  const events = records.flatMap((record) => readRecord(record).events)
  return events.toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)))
}
