import { Type, type Static } from 'typebox'
import { eventTypePattern, maxEventId } from '../audit-event.ts'
import { anyObject, held, microTime, text, type CelRule } from '../schema/schema.ts'
import { immutable } from './immutable.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { Metadata, type Draft } from './metadata.ts'
import { RequestRef } from './references.ts'

const attempt = {
  username: text(512, { minLength: 1 }),
  pod: text(253),
  podUID: text(64),
  container: text(63),
  digest: Type.Optional(
    text(64, { description: 'SHA-256 of the call that was let in: way, container, argv, input, terminal.' }),
  ),
}

const Use = Type.Object(attempt, {
  description: 'The one use of a request that asked for one. Such a record is named use-<uid of the request>.',
})

const Retry = Type.Object(attempt, {
  description:
    'The same call once more, in the seconds in which the session of the use may begin. ' +
    'Such a record is named retry-<uid of the request>.',
})

const Debug = Type.Object(
  {
    username: text(512, { minLength: 1 }),
    pod: text(253),
    podUID: text(64),
    container: text(63),
    digest: text(64, { description: 'SHA-256 of the container as it was let in.' }),
  },
  {
    description:
      'A debug container that a request was let add. Such a record is named debug-<uid of the pod>-<container>.',
  },
)

const Eviction = Type.Object(
  {
    pod: text(253),
    podUID: text(64),
    begins: microTime({ description: 'An access that ends before needs no eviction.' }),
  },
  {
    description:
      'The pod to be evicted when the access of a request ends. Such a record is named evict-<uid of the request>, and goes when that is done.',
  },
)

/** So many audit events share a record at most; a link of the chain takes at least one record whole. */
export const maxEventsOfRecord = 64

/** What can be there once has its name from what it is about. */
function named(field: string, name: string, shown: string): CelRule {
  const [prefix = ''] = name.split(' ')
  return {
    rule:
      `has(self.spec.${field}) == self.metadata.name.startsWith(${prefix}) && ` +
      `(!has(self.spec.${field}) || (has(self.spec.request) && self.metadata.name == ${name}))`,
    message: `a record with spec.${field}, and no other, must be named ${shown}`,
  }
}

/**
 * Audit events, kept until every sink has them; or the one use of a `once` request, its retry, who added a debug container, or
 * a pod to be evicted: such a name can be created only once.
 * Lives in Sallyport's own namespace: in one that is being deleted nothing can be created.
 */
export const AccessRecord = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessRecord'),
    metadata: Metadata,
    spec: Type.Object(
      {
        id: text(maxEventId, {
          minLength: 1,
          description: "The decision's id, as in the log and the API server's audit log.",
        }),
        type: text(128, { pattern: eventTypePattern }),
        time: microTime(),
        request: Type.Optional(RequestRef),
        use: Type.Optional(Use),
        retry: Type.Optional(Retry),
        debug: Type.Optional(Debug),
        eviction: Type.Optional(Eviction),
        events: Type.Optional(
          Type.Array(anyObject(64), {
            minItems: 1,
            maxItems: maxEventsOfRecord,
            description:
              'The audit events that were written together; docs/audit-events.md. The fields above are those of the first.',
          }),
        ),
      },
      held(immutable('spec', 'what happened stays')),
    ),
  },
  {
    description: 'Audit events that came together, or the one use of a request. Written by Sallyport alone.',
    ...held(
      named('use', "'use-' + self.spec.request.uid", 'use-<uid of its request>'),
      named('retry', "'retry-' + self.spec.request.uid", 'retry-<uid of its request>'),
      named(
        'debug',
        "'debug-' + self.spec.debug.podUID + '-' + self.spec.debug.container",
        'debug-<uid of the pod>-<container>',
      ),
      named('eviction', "'evict-' + self.spec.request.uid", 'evict-<uid of its request>'),
    ),
  },
)

/** Name of the record that is the one use of a request; creating it a second time is AlreadyExists. */
export function useRecordName(requestUid: string): string {
  return `use-${requestUid}`
}

/** Name of the record of the one retry of a use. */
export function retryRecordName(requestUid: string): string {
  return `retry-${requestUid}`
}

/** Name of the record of a debug container. The name of a container is never given again in its pod. */
export function debugRecordName(podUID: string, container: string): string {
  return `debug-${podUID}-${container}`
}

/** Name of the record of a pod that is to be evicted when the access of a request ends. */
export function evictionRecordName(requestUid: string): string {
  return `evict-${requestUid}`
}

export const accessRecordKind = {
  apiVersion,
  kind: 'AccessRecord',
  plural: 'accessrecords',
  singular: 'accessrecord',
  namespaced: true,
  shortNames: ['arec'],
  categories: ['access'],
  printColumns: [
    { name: 'Type', type: 'string', jsonPath: '.spec.type' },
    { name: 'Time', type: 'string', jsonPath: '.spec.time' },
    { name: 'Request', type: 'string', jsonPath: '.spec.request.name' },
    age,
  ],
  selectableFields: ['.spec.type', '.spec.request.uid'],
  schema: AccessRecord,
} as const satisfies Kind

export type Eviction = Static<typeof Eviction>
export type AccessRecord = Static<typeof AccessRecord>
export type AccessRecordDraft = Draft<AccessRecord>
