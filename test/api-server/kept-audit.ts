import { randomUUID } from 'node:crypto'
import type { AuditEvent } from '../../src/api/audit-event.ts'
import { accessRecordKind, type AccessRecord } from '../../src/api/kinds/access-record.ts'
import { envelope } from '../../src/audit/event/audit-event.ts'
import { auditLabel } from '../../src/audit/record/event-record.ts'
import { createRecordWriter, type RecordWriter } from '../../src/audit/record/record-writer.ts'
import { KubeApiError } from '../../src/cluster/client/api-error.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import type { KubeObject } from '../../src/cluster/client/resource.ts'
import { installation } from '../../src/api/installation.ts'

/** Returns the index of the link that has this event. */
export function linkOf(all: readonly AuditEvent[], id: string): number {
  const [position] = all.flatMap((event) => (event.id === id ? (event.data.position ?? []) : []))
  const links = all.flatMap(({ data }) => data.link ?? [])
  const link = links.find(({ events }) =>
    events.some((one) => one.boot === position?.boot && one.sequence === position.sequence),
  )
  return link?.index ?? Infinity
}

/** Returns the records of events, or of links, in the cluster. */
export async function listed(client: Client, what: 'event' | 'link'): Promise<readonly AccessRecord[]> {
  const options = { namespace: installation.namespace, labelSelector: `${auditLabel}=${what}` }
  return (await client.list(accessRecordKind, options)).items as readonly AccessRecord[]
}

/** True if the cluster still has the record of this event. */
export async function isKept(client: Client, id: string): Promise<boolean> {
  return JSON.stringify(await listed(client, 'event')).includes(`"${id}"`)
}

/** True if some sink has all events that are linked. */
export async function areMarked(client: Client): Promise<boolean> {
  return (await listed(client, 'link')).every(({ metadata }) => Object.keys(metadata.annotations ?? {}).length > 0)
}

/** Writes records without checking their events, as versions up to 0.1.0 did. */
export function uncheckedRecords(client: Client): RecordWriter {
  return createRecordWriter({
    boot: randomUUID(),
    create: (record, ended) => client.create(accessRecordKind, record, ended),
  })
}

/** Returns an event that was not cut to fit. */
export function poisoned(id: string, tried: object): AuditEvent {
  return {
    ...envelope('gate.denied', id, { source: '/test', now: Date.now() }),
    data: { actor: { username: 'alice' }, tried },
  }
}

/**
 * Puts a forged record in the place of the next link. Returns undefined if the leader wrote a link at that very moment.
 * A last link may go by a link of its own, seconds later.
 */
export async function takeNextLink(client: Client, label = 'link'): Promise<KubeObject['metadata'] | undefined> {
  const indexes = (await listed(client, 'link')).map(({ metadata }) => Number(metadata.name.replace('link-', '')))
  const name = `link-${Math.max(0, ...indexes) + 1}`
  const { apiVersion, kind } = accessRecordKind
  const metadata = { name, namespace: installation.namespace, labels: { [auditLabel]: label } }
  const spec = { id: 'forged', type: 'dev.sallyport.chain.linked.v1', time: '2026-11-22T10:00:00.000000Z' }
  try {
    const made: KubeObject = await client.create(accessRecordKind, { apiVersion, kind, metadata, spec })
    return made.metadata
  } catch (error) {
    if (error instanceof KubeApiError && error.reason === 'AlreadyExists') return undefined
    throw error
  }
}
