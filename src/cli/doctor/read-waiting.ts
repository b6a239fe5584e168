import { accessRecordKind } from '../../api/kinds/access-record.ts'
import type { ConfigFile } from '../../api/config/config.ts'
import { installation } from '../../api/installation.ts'
import { auditLabel, deliveredAnnotation } from '../../audit/record/event-record.ts'
import type { WaitingEvents } from './cluster-facts.ts'
import type { Parts } from './reading.ts'

/** Reads the audit events that a sink does not have yet. Sallyport keeps each event in the cluster until then. */
export async function readWaiting(
  { client, reading }: Parts,
  config: ConfigFile | undefined,
): Promise<readonly WaitingEvents[] | undefined> {
  const sinks = config?.audit.sinks ?? []
  if (sinks.length === 0) return []
  const options = { namespace: installation.namespace, labelSelector: `${auditLabel}=event` }
  const list = await reading.part('the audit events that wait for a sink', client.list(accessRecordKind, options))
  if (!list) return undefined
  return sinks.flatMap(({ name }) => {
    const waiting = list.items.filter(({ metadata }) => metadata.annotations?.[deliveredAnnotation(name)] === undefined)
    const times = waiting.map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '')).filter((time) => time > 0)
    return times.length === 0 ? [] : [{ sink: name, count: times.length, since: Math.min(...times) }]
  })
}
