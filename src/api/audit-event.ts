import { Type, type Static } from 'typebox'
import { proofs } from './review/review-call.ts'
import { RequestRef } from './kinds/references.ts'
import { microTime, text, words } from './schema/schema.ts'
import { commandFields, hash } from './told-command.ts'
import { Asked, GivenVerdict } from './told-request.ts'

// Consumers rely on these names. A name may be added, but none may change. docs/audit-events.md is made from these
// texts.
/** The types of events, each with its meaning, without the `dev.sallyport.` before it and the `.v1` behind it. */
export const auditTypes = {
  'gate.allowed':
    'A user was let into a workload: by an access, or on a path of the kubelet that is open to monitoring.',
  'gate.denied': 'A user was denied. Equal denials within a second are one event, with `attempts`.',
  'gate.observed': 'A user was let in, but would have been denied: `enforcement` is Observe.',
  'gate.exempted': 'A user was let in by an exemption of the config.',
  'gate.bypassed': 'Break-glass: the API server did not ask the gate.',
  'request.created': 'A request was admitted. The API server may still refuse it by the schema.',
  'request.refused': 'A request, or a change of one, was refused at admission.',
  'request.pending': 'A request waits for a decision.',
  'request.scheduled': 'A request is approved, and its access begins later.',
  'request.approved': 'A request has all that it needs.',
  'request.active': 'The access of a request can be used.',
  'request.expired': 'The time of an access is over, or nobody decided a request in time.',
  'request.completed': 'An access for one use was used, or the pod of an access has ended without an error.',
  'request.denied': 'A reviewer denied a request.',
  'request.revoked': 'A request was revoked, or one of its grants was deleted.',
  'request.failed': 'The access of a request could not be made.',
  'request.deleted':
    'Somebody deleted a request, and so ended the access. ' +
    'The event is made at admission, and so not while the gate is down.',
  'grant.made': 'A verdict was admitted.',
  'grant.refused': 'A verdict was refused at admission.',
  'grant.withdrawn':
    'Somebody deleted a verdict. The event is made at admission. ' +
    'If the deletion ends an access, `request.revoked` says so in any case.',
  'template.changed': 'A template was made or changed.',
  'template.refused': 'A template was refused at admission.',
  'template.removed': 'Somebody deleted a template. The event is made at admission.',
  'objects.provisioned': 'Sallyport made the objects in `objects` for a request.',
  'objects.repaired':
    'Somebody changed or deleted objects that Sallyport had made for a request. Sallyport has restored them.',
  'objects.removed': 'Sallyport removed objects that it had made for a request.',
  'task.undone': 'The access of a task has ended, and its effect is undone, or gone with its pod.',
  'task.left': 'The access of a task has ended, but its undo failed. The effect may still be there.',
  'tamper.attempted':
    'Somebody tried to write an object that only Sallyport writes, or to add a finalizer or an owner. ' +
    'A policy of the API server refuses it. Equal attempts within a second are one event.',
  'tamper.found':
    'An object of Sallyport had been changed or deleted. `finding` says what Sallyport did about it. ' +
    'After a change of the config or of the version, there are also such events about the installation.',
  'event.unreadable':
    'A record holds something that is not an event. `unreadable` says what is wrong with it. ' +
    'Sallyport did not write it.',
  'sink.tested':
    'Somebody tried the sink by `kubectl access audit test`. Nothing happened in the cluster. ' +
    'The event is in no link of the chain.',
  'chain.linked': 'The leader has chained the events that `link` lists. docs/audit.md says how to check the chain.',
} as const satisfies Readonly<Record<string, string>>

/** A type of event: `noun.verb`. */
export type AuditType = keyof typeof auditTypes

const prefix = 'dev.sallyport.'
const suffix = '.v1'

export function typeName(type: AuditType): string {
  return `${prefix}${type}${suffix}`
}

const counts = { minimum: 1, maximum: 2_147_483_647 } as const
const count = (description: string): Type.TInteger => Type.Integer({ ...counts, description })

/** The two kinds of login: the API server shows that the user is logged in directly, or it does not. */
export const logins = ['direct', 'unproven'] as const

const person = {
  username: text(4_096, { description: 'The username of the login.' }),
  groups: Type.Optional(
    Type.Array(text(8_192), {
      maxItems: 65,
      description: 'The first 64 groups of the login. If there are more, `…` follows.',
    }),
  ),
}

const Actor = Type.Object(
  {
    ...person,
    login: Type.Optional(
      words(logins, {
        description:
          '`unproven`: the login shows neither a uid nor one of `identity.proofKeys`, as under `kubectl --as`. ' +
          'So it may be another person. ' +
          'Admission does not tell who impersonates the user. The audit log of the API server does.',
      }),
    ),
  },
  {
    description:
      'The user who did it, as the API server knows the login. Of `request.approved` it is the approver whose verdict came last. ' +
      'Absent if Sallyport itself did it, or if a time was reached.',
  },
)

const Requestor = Type.Object(person, { description: 'The user who asked for the access.' })

const Tried = Type.Object(
  {
    operation: Type.Optional(text(16, { description: 'The operation of admission, such as `CONNECT`.' })),
    resource: Type.Optional(text(256, { description: 'The resource and subresource, such as `pods/exec`.' })),
    namespace: Type.Optional(text(8_192, { description: 'The namespace of the object.' })),
    name: Type.Optional(text(8_192, { description: 'The name of the object.' })),
    generateName: Type.Optional(
      text(8_192, {
        description: 'The beginning of the name of an object without a name. The API server makes up the rest.',
      }),
    ),
    uid: Type.Optional(text(2_048, { description: 'The uid of an object of Sallyport that existed before.' })),
    container: Type.Optional(text(8_192, { description: 'The container that the caller names.' })),
    ...commandFields,
    path: Type.Optional(text(8_192, { description: 'The path of a proxy call.' })),
  },
  { description: 'The call or the object that was tried, as the caller named it.' },
)

const Decision = Type.Object(
  {
    id: text(64, {
      description: "The id of the decision, as in the log and as decision-id in the API server's audit log.",
    }),
    reviewUID: text(2_048, { description: 'The uid of the review that the API server sent.' }),
    webhook: text(253, { description: 'The name of the webhook that decided.' }),
    caller: Type.Optional(
      Type.Array(words(proofs), {
        maxItems: proofs.length,
        description: 'The proofs that the caller gave of being the API server (docs/callers.md).',
      }),
    ),
    verdict: words(['allow', 'deny'], { description: 'The answer of the webhook.' }),
    code: text(64, { description: 'The code of the decision. docs/errors.md explains the code of a refusal.' }),
    message: text(32_768, { description: 'The reason, or the text that the user read.' }),
    would: Type.Optional(text(64, { description: 'The code of the denial that Observe did not enforce.' })),
    latencyMs: Type.Number({ minimum: 0, description: 'The milliseconds that the decision took.' }),
    attempts: Type.Optional(count('The number of equal denials within a second.')),
    otherIds: Type.Optional(
      Type.Array(text(64), { maxItems: 16, description: 'The ids of the decisions that repeat this one.' }),
    ),
    reverses: Type.Optional(
      text(64, { description: 'The id of the event of an allow that was recorded but then not given.' }),
    ),
  },
  { description: 'The decision of a webhook.' },
)

const Target = Type.Object(
  {
    pod: Type.Optional(text(1_024, { description: 'The name of the pod.' })),
    podUID: Type.Optional(text(64, { description: 'The uid of the pod.' })),
    container: Type.Optional(text(256, { description: 'The name of the container.' })),
    image: Type.Optional(text(8_192, { description: 'The image of the container.' })),
    node: Type.Optional(text(1_024, { description: 'The name of the node.' })),
  },
  { description: 'The pod itself: as the access fixes it, or as it was at the time of a denial.' },
)

const Task = Type.Object(
  {
    container: text(63, { description: 'The name of the ephemeral container that ran the task.' }),
    exitCode: Type.Integer({ description: 'The exit code of the task.' }),
    outputBytes: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The bytes of output that Sallyport has read: at most 1 MiB.' }),
    ),
    outputSHA256: Type.Optional(hash('SHA-256 of these bytes. Absent if the output was not read.')),
  },
  { description: 'The result of the task of a request: the event of its end has it.' },
)

const MadeObject = Type.Object({
  kind: text(63, { description: 'The kind of the object.' }),
  namespace: Type.Optional(text(63, { description: 'The namespace of the object.' })),
  name: text(253, { description: 'The name of the object.' }),
  uid: Type.Optional(text(64, { description: 'The uid of the object.' })),
})

const Finding = Type.Object(
  {
    code: text(64, { description: 'The code of the finding. The end of docs/errors.md explains it.' }),
    outcome: words(['restored', 'reported', 'not restored'], { description: 'The result of the finding.' }),
    differences: Type.Optional(
      Type.Array(text(4_096), { maxItems: 64, description: 'The differences that were found, a sentence each.' }),
    ),
  },
  { description: 'The change or the loss that was found, and its result.' },
)

const Grant = Type.Object({
  name: text(253, { description: 'The name of the grant.' }),
  uid: text(64, { description: 'The uid of the grant.' }),
  grantedBy: text(4_096, { description: 'The username of the approver.' }),
})

const boot = text(64, { minLength: 1, description: 'The id of the replica. It is new at each start.' })
const sequence = count('The number of the event in its replica. The first is 1.')

const Position = Type.Object(
  {
    boot,
    sequence,
    void: Type.Optional(
      Type.Array(Type.Object({ from: count('The first number.'), to: count('The last number.') }), {
        maxItems: 512,
        description: 'Ranges of numbers whose write has failed since. They do not count, with or without an event.',
      }),
    ),
    unsettled: Type.Optional(
      Type.Array(Type.Integer(counts), {
        maxItems: 1_024,
        description: 'The numbers that were being written when this event was made.',
      }),
    ),
  },
  { description: 'The position of the event among the events of its replica.' },
)

const Linked = Type.Object({ boot, sequence, hash: hash('SHA-256 of the event.') })

const Link = Type.Object(
  {
    index: Type.Integer({
      minimum: 1,
      maximum: 2_147_483_647,
      description: 'The number of the link in the chain. The first is 1.',
    }),
    previous: Type.Optional(hash('SHA-256 of the link before. Absent in the first link.')),
    events: Type.Array(Linked, { maxItems: 256, description: 'The events that this link chains.' }),
    through: Type.Array(Type.Object({ boot, sequence }), {
      maxItems: 64,
      description: 'The last number of each replica that is linked by now, for the 64 replicas whose events came last.',
    }),
    prunedThrough: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Every sink has everything up to this link. The cluster no longer keeps the records up to it.',
      }),
    ),
  },
  { description: 'A link of the chain of events.' },
)

const Cut = Type.Object({
  field: text(128, { description: 'The field that was cut, such as `data.tried.name`.' }),
  length: Type.Integer({
    minimum: 0,
    description: 'The length before the cut: the items of a list, or the bytes of a text.',
  }),
  hash: Type.Optional(
    hash(
      'SHA-256 of the whole field: a text as UTF-8, a list as JSON. ' +
        'Absent if a part was redacted, because the part could be guessed from it.',
    ),
  ),
})

const Unreadable = Type.Object(
  {
    hash: hash('SHA-256 of the original content, as canonical JSON (RFC 8785).'),
    problem: text(2_048, { description: 'The problem, in a sentence.' }),
  },
  { description: 'Stands in place of all other data: the event could not be written, or could not be read.' },
)

/** The bounds of an event's id and type. An AccessRecord has the id and the type of its first event. */
export const maxEventId = 64
export const eventTypePattern = String.raw`^dev\.sallyport\.[a-z]+\.[a-z]+\.v[0-9]+$`

/**
 * One event, as every sink gets it: CloudEvents 1.0, JSON, structured. Unknown fields and types pass, because a newer
 * replica may have written the event.
 */
export const AuditEvent = Type.Object(
  {
    specversion: Type.Literal('1.0', { description: 'The version of CloudEvents.' }),
    id: text(maxEventId, {
      minLength: 1,
      description: 'The id of the event. It is the same at each delivery: a sink that has seen it may drop the event.',
    }),
    source: text(256, { minLength: 1, description: 'The cluster of the event: `audit.source` of the config.' }),
    type: text(128, { pattern: eventTypePattern, description: 'One of the types above.' }),
    time: microTime({ description: 'The time at which it was decided or done.' }),
    subject: Type.Optional(
      text(16_400, { description: 'The `namespace/name` of the object that the event is about.' }),
    ),
    datacontenttype: Type.Literal('application/json', { description: 'The media type of `data`.' }),
    data: Type.Object(
      {
        actor: Type.Optional(Actor),
        requestor: Type.Optional(Requestor),
        asked: Type.Optional(Asked),
        verdict: Type.Optional(GivenVerdict),
        tried: Type.Optional(Tried),
        decision: Type.Optional(Decision),
        request: Type.Optional(
          Type.Object(RequestRef.properties, { description: 'The request that the event is about.' }),
        ),
        grants: Type.Optional(Type.Array(Grant, { maxItems: 32, description: 'The grants that the access rests on.' })),
        target: Type.Optional(Target),
        digest: Type.Optional(hash('The `status.digest` of the request: what was approved.')),
        phase: Type.Optional(text(16, { description: 'The phase of the request.' })),
        summary: Type.Optional(
          text(1_024, {
            description: 'The `status.summary` of the request: what runs, in one line. Redacted like a reason.',
          }),
        ),
        duration: Type.Optional(
          text(64, { description: 'The `status.duration` of the request: how long the access lasts.' }),
        ),
        approvers: Type.Optional(
          text(4_096, {
            description:
              'The people whose approval a new request needs, in words. Only `request.pending` has it, and only if somebody must approve.',
          }),
        ),
        task: Type.Optional(Task),
        objects: Type.Optional(
          Type.Array(MadeObject, { maxItems: 64, description: 'The objects that the event is about.' }),
        ),
        finding: Type.Optional(Finding),
        count: Type.Optional(
          Type.Integer({
            minimum: 2,
            maximum: 2_147_483_647,
            description: 'The number of equal events within a second.',
          }),
        ),
        message: Type.Optional(text(32_768, { description: 'A sentence for people.' })),
        expiresAt: Type.Optional(microTime({ description: 'The time at which the access ends.' })),
        link: Type.Optional(Link),
        position: Type.Optional(Position),
        cut: Type.Optional(
          Type.Array(Cut, {
            maxItems: 64,
            description:
              'The fields that were too long for an event. A text, or a list of texts, that was cut ends in `…`.',
          }),
        ),
        unreadable: Type.Optional(Unreadable),
      },
      { description: 'The content of the event.' },
    ),
  },
  { description: 'Control characters in texts that others wrote are escaped as \\u001b.' },
)

export type AuditEvent = Static<typeof AuditEvent>
export type AuditData = AuditEvent['data']
export type AuditPosition = Static<typeof Position>
export type AuditLink = Static<typeof Link>
export type MadeObject = Static<typeof MadeObject>
export type AuditFinding = Static<typeof Finding>
export type AuditCut = Static<typeof Cut>
