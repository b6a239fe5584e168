import { Type, type Static } from 'typebox'
import { calleeFields, calleeName, calleeUrl } from './callee-config.ts'
import { words } from '../schema/schema.ts'

const closed = { additionalProperties: false }

const Sink = Type.Object(
  {
    name: calleeName,
    url: calleeUrl('each event'),
    mode: words(['Queued', 'Required'], {
      default: 'Queued',
      description:
        'Required: nobody is let in before this sink has the event. Queued: the event is written into the cluster first, and ' +
        'delivered as soon as the sink takes it.',
    }),
    ...calleeFields,
    types: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z]+(\\.[a-z]+)?$', maxLength: 64 }), {
        minItems: 1,
        maxItems: 64,
        description: 'Only these: `gate.denied`, or all of `request`. Such a sink alone cannot verify the chain.',
      }),
    ),
    namespaces: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
        minItems: 1,
        maxItems: 256,
        description: 'Only what happens in these.',
      }),
    ),
    skip: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
        minItems: 1,
        maxItems: 256,
        description:
          'Ids of events that it refuses for good: without this nothing later is ever deleted from the cluster. Verifying what it has kept then names them as missing.',
      }),
    ),
  },
  closed,
)

const RedactRule = Type.Object(
  {
    pattern: Type.String({
      minLength: 1,
      maxLength: 256,
      description:
        'RE2; finds in each word of an argv by itself. Of `sh -c`, whose word holds others, all is withheld.',
    }),
    redacts: words(['Word', 'NextWord'], {
      default: 'Word',
      description: 'The word in which it finds something (`(?i)password=`), or the one behind it (`^--password$`).',
    }),
  },
  { additionalProperties: false },
)

/** The part `audit` of the config file. */
export const AuditConfig = Type.Object(
  {
    redact: Type.Array(RedactRule, {
      maxItems: 32,
      default: [],
      description: 'What of the argv of an exec is withheld from the log and from every sink.',
    }),
    sinks: Type.Array(Sink, {
      maxItems: 8,
      default: [],
      description: 'Who gets every event, beside the log. Without one, no event is kept in the cluster.',
    }),
    kubernetesEvents: words(['On', 'Off'], {
      default: 'On',
      description:
        'Whether requests, pods and what else an event is about get Kubernetes Events, for kubectl describe. Best effort; who may list Events of a namespace reads them.',
    }),
    maxWaiting: Type.Integer({
      minimum: 100,
      maximum: 100_000,
      default: 10_000,
      description:
        'From so many events on that are in the cluster and that some sink does not have, nobody is let in: none is dropped.',
    }),
    source: Type.String({
      minLength: 1,
      maxLength: 256,
      pattern: '^[!-~]+$',
      default: '/sallyport',
      description: '`source` of every event, a URI reference: give each cluster its own.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'What is told of every decision, and to whom.' },
)

export type AuditConfig = Static<typeof AuditConfig>
export type SinkConfig = Static<typeof Sink>
export type RedactRule = Static<typeof RedactRule>
