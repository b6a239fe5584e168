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
        'Required: nobody is let in before this sink has the event. ' +
        'Queued: Sallyport first writes the event into the cluster, and delivers it as soon as the sink takes it.',
    }),
    ...calleeFields,
    types: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z]+(\\.[a-z]+)?$', maxLength: 64 }), {
        minItems: 1,
        maxItems: 64,
        description:
          'The sink gets only events of these types, such as `gate.denied`, or `request` for all of its types. ' +
          'The chain cannot be verified from this sink only.',
      }),
    ),
    namespaces: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
        minItems: 1,
        maxItems: 256,
        description: 'The sink gets only events about these namespaces.',
      }),
    ),
    skip: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
        minItems: 1,
        maxItems: 256,
        description:
          'Ids of events that the sink refuses for good. ' +
          'Without this, Sallyport never deletes later events from the cluster. ' +
          'A check of what the sink has kept then reports these events as missing.',
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
        'An RE2 pattern that is searched in each word of an argv. ' +
        'If a word holds several words, as after `sh -c`, all of it is withheld. So is a reason, a message, or the value of an attribute or of a parameter.',
    }),
    redacts: words(['Word', 'NextWord'], {
      default: 'Word',
      description:
        'Word: the word in which the pattern finds something is withheld (`(?i)password=`). ' +
        'NextWord: the word behind it is withheld (`^--password$`).',
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
      description:
        'Words that are withheld from the log and from every sink. They may be in the argv of an exec, in a request, or in a verdict.',
    }),
    sinks: Type.Array(Sink, {
      maxItems: 8,
      default: [],
      description: 'The sinks that get every event, beside the log. Without a sink, no event is kept in the cluster.',
    }),
    kubernetesEvents: words(['On', 'Off'], {
      default: 'On',
      description:
        'On: the requests, pods and other objects that an event is about get Kubernetes Events, for kubectl ' +
        'describe. ' +
        'This is best effort. Users who may list the Events of a namespace can read them.',
    }),
    maxWaiting: Type.Integer({
      minimum: 100,
      maximum: 100_000,
      default: 10_000,
      description:
        'The largest number of events in the cluster that some sink does not have yet. ' +
        'At this number nobody is let in. No event is dropped.',
    }),
    source: Type.String({
      minLength: 1,
      maxLength: 256,
      pattern: '^[!-~]+$',
      default: '/sallyport',
      description: 'The `source` of every event, a URI reference. Give each cluster its own.',
    }),
  },
  {
    additionalProperties: false,
    default: {},
    description: 'The audit events of decisions, and the sinks that get them.',
  },
)

export type AuditConfig = Static<typeof AuditConfig>
export type SinkConfig = Static<typeof Sink>
export type RedactRule = Static<typeof RedactRule>
