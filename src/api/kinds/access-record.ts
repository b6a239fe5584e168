import { Type, type Static } from 'typebox'
import { eventTypePattern, maxEventId } from '../audit-event.ts'
import { anyObject, held, microTime, text, type CelRule } from '../schema/schema.ts'
import { immutable } from './immutable.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { Metadata, type Draft } from './metadata.ts'
import { RequestRef } from './references.ts'

const pod = text(253, { description: 'The name of the pod.' })
const podUID = text(64, { description: 'The uid of the pod.' })

const attempt = {
  username: text(512, { minLength: 1, description: 'The username of the user who was let in.' }),
  pod,
  podUID,
  container: text(63, { description: 'The name of the container.' }),
  digest: Type.Optional(
    text(64, { description: 'SHA-256 of the call that was let in: way, container, argv, input, terminal.' }),
  ),
}

const Use = Type.Object(attempt, {
  description: 'The one use of a request that asked for one use. The record is named use-<uid of the request>.',
})

const Retry = Type.Object(attempt, {
  description:
    'The same call once more, within the seconds in which the session of the use may begin. ' +
    'The record is named retry-<uid of the request>.',
})

const Debug = Type.Object(
  {
    username: text(512, { minLength: 1, description: 'The username of the user who added the debug container.' }),
    pod,
    podUID,
    container: text(63, { description: 'The name of the debug container.' }),
    digest: text(64, { description: 'SHA-256 of the debug container as it was let in.' }),
  },
  {
    description:
      'A debug container that was added under a request. The record is named debug-<uid of the pod>-<container>.',
  },
)

const Eviction = Type.Object(
  {
    pod,
    podUID,
    begins: microTime({
      description: 'The time at which the access begins. An access that ends before this time needs no eviction.',
    }),
  },
  {
    description:
      'The pod that is evicted when the access of a request ends. The record is named evict-<uid of the request>. ' +
      'Sallyport deletes it after the eviction.',
  },
)

const Undo = Type.Object(
  {
    pod,
    podUID,
    container: anyObject(64, { description: 'The ephemeral container that undoes the task: fields of core/v1.' }),
  },
  {
    description:
      'The container that undoes the task of a request when its access ends. The record is named ' +
      'undo-<uid of the request>. It is written before the task begins, and deleted after the undo.',
  },
)

/** The largest number of audit events in one record. A link of the chain takes at least one whole record. */
export const maxEventsOfRecord = 64

/** Returns the rule that ties a record's name to what spec.`field` is about: so there can be only one of it. */
function named(field: string, name: string, shown: string): CelRule {
  const [prefix = ''] = name.split(' ')
  return {
    rule:
      `has(self.spec.${field}) == self.metadata.name.startsWith(${prefix}) && ` +
      `(!has(self.spec.${field}) || (has(self.spec.request) && self.metadata.name == ${name}))`,
    message: `a record must be named ${shown} if it has spec.${field}, and only then`,
  }
}

/**
 * A record keeps audit events until every sink has them. Or its name makes sure that a fact is noted only once. The
 * fact is the use of a `once` request, its retry, the owner of a debug container, a pod to be evicted, or an undo.
 * Records live in Sallyport's own namespace, because nothing can be created in a namespace that is being deleted.
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
        type: text(128, {
          pattern: eventTypePattern,
          description: 'The type of what is recorded, such as dev.sallyport.gate.denied.v1.',
        }),
        time: microTime({ description: 'The time at which it was decided or done.' }),
        request: Type.Optional(
          Type.Object(RequestRef.properties, { description: 'The request that the record is about.' }),
        ),
        use: Type.Optional(Use),
        retry: Type.Optional(Retry),
        debug: Type.Optional(Debug),
        eviction: Type.Optional(Eviction),
        undo: Type.Optional(Undo),
        events: Type.Optional(
          Type.Array(anyObject(64), {
            minItems: 1,
            maxItems: maxEventsOfRecord,
            description:
              'The audit events that were written together (docs/audit-events.md). ' +
              'The fields above are those of the first event.',
          }),
        ),
      },
      {
        description: 'The audit events, or the fact that may be noted only once. It cannot be changed.',
        ...held(immutable('spec', 'what happened stays')),
      },
    ),
  },
  {
    description:
      'Keeps audit events that came together, or a fact that may be noted only once, such as the one use of a ' +
      'request. ' +
      'Only Sallyport writes it.',
    ...held(
      named('use', "'use-' + self.spec.request.uid", 'use-<uid of its request>'),
      named('retry', "'retry-' + self.spec.request.uid", 'retry-<uid of its request>'),
      named(
        'debug',
        "'debug-' + self.spec.debug.podUID + '-' + self.spec.debug.container",
        'debug-<uid of the pod>-<container>',
      ),
      named('eviction', "'evict-' + self.spec.request.uid", 'evict-<uid of its request>'),
      named('undo', "'undo-' + self.spec.request.uid", 'undo-<uid of its request>'),
    ),
  },
)

/** Returns the name of the record of the one use of a request. To create it a second time fails: AlreadyExists. */
export function useRecordName(requestUid: string): string {
  return `use-${requestUid}`
}

/** Returns the name of the record of the one retry of a use. */
export function retryRecordName(requestUid: string): string {
  return `retry-${requestUid}`
}

/** Returns the name of the record of a debug container. A pod never gives the name of a container a second time. */
export function debugRecordName(podUID: string, container: string): string {
  return `debug-${podUID}-${container}`
}

/** Returns the name of the record of a pod that is evicted when the access of a request ends. */
export function evictionRecordName(requestUid: string): string {
  return `evict-${requestUid}`
}

/** Returns the name of the record of the container that undoes the task of a request. */
export function undoRecordName(requestUid: string): string {
  return `undo-${requestUid}`
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

export type Undo = Static<typeof Undo>
export type Eviction = Static<typeof Eviction>
export type AccessRecord = Static<typeof AccessRecord>
export type AccessRecordDraft = Draft<AccessRecord>
