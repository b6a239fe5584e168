import { createHash } from 'node:crypto'
import { resources } from '../../cluster/client/resources.ts'
import type { KubernetesEvent, ObjectRef } from './kubernetes-event.ts'

/** These annotations of an Event hold the id of the audit event, and of the last one of a series. */
const idAnnotation = 'access.sallyport.dev/event-id'
const lastIdAnnotation = 'access.sallyport.dev/last-event-id'

/** The namespace of Events about cluster-wide objects. */
export const clusterWide = 'default'

export function namespaceOf({ namespace }: ObjectRef): string {
  return namespace ?? clusterWide
}

/** Returns the same name for the same audit event and object, so that the Event exists only once. */
export function nameOf({ id, regarding }: KubernetesEvent): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([id, regarding]))
    .digest('hex')
    .slice(0, 16)
  const plain = regarding.name.toLowerCase().replace(/[^a-z0-9-]+/g, '-')
  return `${plain.slice(0, 200).replace(/^-+|-+$/g, '') || 'sallyport'}.${hash}`
}

export function eventObject(event: KubernetesEvent, name: string, reportingInstance: string): KubernetesEventObject {
  const { regarding, related, type, reason, action, note, controller, id, time, count } = event
  return {
    apiVersion: resources.Event.apiVersion,
    kind: resources.Event.kind,
    metadata: { name, namespace: namespaceOf(regarding), annotations: { [idAnnotation]: id } },
    eventTime: time,
    reportingController: controller,
    reportingInstance,
    type,
    reason,
    action,
    note,
    regarding,
    ...(related && { related }),
    ...(count > 1 && { series: { count, lastObservedTime: time } }),
  }
}

interface KubernetesEventObject extends Pick<
  KubernetesEvent,
  'regarding' | 'related' | 'type' | 'reason' | 'action' | 'note'
> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly annotations: Readonly<Record<string, string>>
  }
  readonly eventTime: string
  readonly reportingController: string
  readonly reportingInstance: string
  readonly series?: { readonly count: number; readonly lastObservedTime: string }
}

/** Returns the change to an Event that goes on. @param count how often it has happened by `last` */
export function seriesChange({ id, time }: KubernetesEvent, count: number): object {
  return { metadata: { annotations: { [lastIdAnnotation]: id } }, series: { count, lastObservedTime: time } }
}
