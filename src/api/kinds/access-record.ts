import { Type, type Static } from 'typebox'
import { anyObject, held, microTime, text } from '../schema.ts'
import { immutable } from './immutable.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { Metadata, type Draft } from './metadata.ts'
import { RequestRef } from './references.ts'

const Use = Type.Object(
  {
    username: text(512, { minLength: 1 }),
    pod: text(253),
    podUID: text(64),
    container: text(63),
  },
  { description: 'The one use of a request that asked for one. Such a record is named use-<uid of the request>.' },
)

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

/**
 * One audit event, kept until every sink has it; or the one use of a `once` request, or whose debug container one is: such a
 * name can be created only once.
 * Lives in Sallyport's own namespace: in one that is being deleted nothing can be created.
 */
export const AccessRecord = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessRecord'),
    metadata: Metadata,
    spec: Type.Object(
      {
        id: text(64, { minLength: 1, description: "The decision's id, as in the log and the API server's audit log." }),
        type: text(128, { pattern: '^dev\\.sallyport\\.[a-z]+\\.[a-z]+\\.v[0-9]+$' }),
        time: microTime(),
        request: Type.Optional(RequestRef),
        use: Type.Optional(Use),
        debug: Type.Optional(Debug),
        data: Type.Optional(anyObject(64)),
      },
      held(immutable('spec', 'what happened stays')),
    ),
  },
  {
    description: 'One audit event, or the one use of a request. Written by Sallyport alone.',
    ...held(
      {
        rule:
          "has(self.spec.use) == self.metadata.name.startsWith('use-') && " +
          "(!has(self.spec.use) || (has(self.spec.request) && self.metadata.name == 'use-' + self.spec.request.uid))",
        message: 'a record with spec.use, and no other, must be named use-<uid of its request>',
      },
      {
        rule:
          "has(self.spec.debug) == self.metadata.name.startsWith('debug-') && (!has(self.spec.debug) || (has(self.spec.request) && " +
          "self.metadata.name == 'debug-' + self.spec.debug.podUID + '-' + self.spec.debug.container))",
        message: 'a record with spec.debug, and no other, must be named debug-<uid of the pod>-<container>',
      },
    ),
  },
)

/** Name of the record that is the one use of a request; creating it a second time is AlreadyExists. */
export function useRecordName(requestUid: string): string {
  return `use-${requestUid}`
}

/** Name of the record of a debug container. The name of a container is never given again in its pod. */
export function debugRecordName(podUID: string, container: string): string {
  return `debug-${podUID}-${container}`
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

export type AccessRecord = Static<typeof AccessRecord>
export type AccessRecordDraft = Draft<AccessRecord>
