import { fieldsOf } from '../../api/fields.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { unlessForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'

/** The part of a Kubernetes Event that people read. */
export interface SeenEvent {
  readonly reason: string
  readonly note: string
  readonly at: string
  /** The number of times that it happened, until `lastAt`. */
  readonly count: number
  readonly lastAt: string
}

/** Reads the Events about a request. Resolves to undefined if the user may not list Events there. */
export async function readEvents(
  client: Client,
  { metadata: { namespace, uid } }: AccessRequest,
): Promise<readonly SeenEvent[] | undefined> {
  const fieldSelector = `regarding.uid=${uid}`
  const listed = await unlessForbidden(client.list(resources.Event, { namespace, fieldSelector }))
  return listed?.items.map(seenEvent)
}

/** Reads events.k8s.io/v1. An Event of another program may have only the older fields. */
function seenEvent(event: KubeObject): SeenEvent {
  const { reason, note, eventTime, deprecatedFirstTimestamp, series } = fieldsOf({ ...event })
  const { count, lastObservedTime } = fieldsOf(series)
  const at = textOf(eventTime) ?? textOf(deprecatedFirstTimestamp) ?? event.metadata.creationTimestamp ?? ''
  return {
    reason: textOf(reason) ?? '',
    note: textOf(note) ?? '',
    at,
    count: typeof count === 'number' ? count : 1,
    lastAt: textOf(lastObservedTime) ?? at,
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
