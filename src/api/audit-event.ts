import { Type, type Static } from 'typebox'
import { proofs } from './review/review-call.ts'
import { RequestRef } from './kinds/references.ts'
import { microTime, text, words } from './schema/schema.ts'

// Consumers rely on these names: one is added, never changed. What a type means is said here, and docs/audit-events.md is made of it.
/** Every type of event, without the `dev.sallyport.` before it and the `.v1` behind it. */
export const auditTypes = {
  'gate.allowed':
    'Somebody was let into a workload: by an access, or by a path of the kubelet that is open to monitoring.',
  'gate.denied': 'Somebody was not let in. The same within a second is one event, with `attempts`.',
  'gate.observed': 'Somebody was let in who would have been denied: `enforcement` is Observe.',
  'gate.exempted': 'Somebody was let in by an exemption of the config.',
  'gate.bypassed': 'Break-glass: the API server did not ask the gate.',
  'request.created': 'A request was admitted; the API server may still refuse it by the schema.',
  'request.refused': 'A request, or a change of one, was refused at admission.',
  'request.pending': 'A request waits to be decided.',
  'request.scheduled': 'A request is approved, and begins later.',
  'request.approved': 'A request has all that it needs.',
  'request.active': 'What a request asked for is there to be used.',
  'request.expired': 'The time of an access is over, or nobody decided a request in time.',
  'request.completed': 'An access was for one use, and that was made; or what it was for has ended.',
  'request.denied': 'A reviewer said no.',
  'request.revoked': 'A request was revoked, or a grant of it was deleted.',
  'request.failed': 'What a request asked for could not be made.',
  'request.deleted':
    'Somebody deleted a request, and with it the access. Told at admission: not while the gate is down.',
  'grant.made': 'A verdict was admitted.',
  'grant.refused': 'A verdict was refused at admission.',
  'grant.withdrawn':
    'Somebody deleted a verdict. Told at admission; where it ends an access, `request.revoked` says so in any case.',
  'template.changed': 'A template was made or changed.',
  'template.refused': 'A template was refused at admission.',
  'template.removed': 'Somebody deleted a template. Told at admission.',
  'objects.provisioned': 'What `objects` lists was made for a request.',
  'objects.repaired': 'What had been made for a request was changed or deleted by somebody, and is as it was.',
  'objects.removed': 'What had been made for a request was taken away.',
  'tamper.attempted':
    'Somebody tried to write what Sallyport alone writes, or to add a finalizer or an owner; a policy of the API server refuses it. The same within a second is one event.',
  'tamper.found':
    'Something of Sallyport was otherwise than Sallyport made it, or gone; `finding` says what became of it. After a change of the config or the version, this is told of the installation, too.',
  'event.unreadable':
    'A record holds something that is not an event: `unreadable` says what is wrong with it. Sallyport did not write it.',
  'chain.linked': 'The leader has chained the events that `link` lists; docs/audit.md says how to check it.',
} as const satisfies Readonly<Record<string, string>>

/** `noun.verb` */
export type AuditType = keyof typeof auditTypes

const prefix = 'dev.sallyport.'
const suffix = '.v1'

export function typeName(type: AuditType): string {
  return `${prefix}${type}${suffix}`
}

/** How many characters of an argv are told. The gap behind a word counts as one. */
export const maxToldOfArgv = 4_096
// Escaped, a character takes up to nine.
const maxWord = 8 * maxToldOfArgv

const hash = (description: string): ReturnType<typeof text> => text(64, { pattern: '^[0-9a-f]{64}$', description })
const count = Type.Integer({ minimum: 1, maximum: 2_147_483_647 })

/** Whether the API server shows that a user is logged in directly. */
export const logins = ['direct', 'unproven'] as const

const Actor = Type.Object(
  {
    username: text(4_096),
    groups: Type.Optional(Type.Array(text(8_192), { maxItems: 65, description: 'The first 64; then `…`.' })),
    login: Type.Optional(
      words(logins, {
        description:
          '`unproven`: the login shows neither a uid nor one of `identity.proofKeys`, as under `kubectl --as`. Then it may be another person. ' +
          'Admission does not tell who impersonates; the audit log of the API server does.',
      }),
    ),
  },
  { description: 'Who did it, as the API server knows the login. Absent: Sallyport itself, or time.' },
)

const Tried = Type.Object(
  {
    operation: Type.Optional(text(16)),
    resource: Type.Optional(text(256, { description: 'Such as `pods/exec`.' })),
    namespace: Type.Optional(text(8_192)),
    name: Type.Optional(text(8_192)),
    generateName: Type.Optional(
      text(8_192, { description: 'Of an object without a name: the API server gives it one that begins so.' }),
    ),
    uid: Type.Optional(text(2_048, { description: 'Of an object of Sallyport that was there before.' })),
    container: Type.Optional(text(8_192)),
    command: Type.Optional(
      Type.Array(text(maxWord), {
        maxItems: maxToldOfArgv + 2,
        description:
          'argv: redacted by `audit.redact`, and cut after 4 KiB, which a `…` shows; `cut` says how many words there were.',
      }),
    ),
    commandHash: Type.Optional(
      hash(
        'SHA-256 of the JSON list of all words, where some were cut. Absent where one was redacted: it could be guessed from it.',
      ),
    ),
    path: Type.Optional(text(8_192)),
  },
  { description: 'What was tried, as the caller named it.' },
)

const Decision = Type.Object({
  id: text(64, { description: "As in the log, and as decision-id in the API server's audit log." }),
  reviewUID: text(2_048),
  webhook: text(253),
  caller: Type.Optional(
    Type.Array(words(proofs), {
      maxItems: proofs.length,
      description: 'The proofs that the caller gave of being the API server (docs/callers.md).',
    }),
  ),
  verdict: words(['allow', 'deny']),
  code: text(64, { description: 'Of a refusal: docs/errors.md.' }),
  message: text(32_768, { description: 'Why, or the text that the user was given.' }),
  would: Type.Optional(text(64, { description: 'Observe: the code of the denial that was not enforced.' })),
  latencyMs: Type.Number({ minimum: 0 }),
  attempts: Type.Optional(count),
  otherIds: Type.Optional(Type.Array(text(64), { maxItems: 16, description: 'Decisions of the repetitions.' })),
  reverses: Type.Optional(text(64, { description: 'The event of an allow that was recorded and then not given.' })),
})

const Target = Type.Object(
  {
    pod: Type.Optional(text(1_024)),
    podUID: Type.Optional(text(64)),
    container: Type.Optional(text(256)),
    image: Type.Optional(text(8_192)),
    node: Type.Optional(text(1_024)),
  },
  { description: 'The pod itself: as the access fixes it, or as it was when somebody was not let in.' },
)

const MadeObject = Type.Object({
  kind: text(63),
  namespace: Type.Optional(text(63)),
  name: text(253),
  uid: Type.Optional(text(64)),
})

const Finding = Type.Object({
  code: text(64, { description: 'docs/errors.md, at its end.' }),
  outcome: words(['restored', 'reported', 'not restored']),
  differences: Type.Optional(Type.Array(text(4_096), { maxItems: 64 })),
})

const Grant = Type.Object({ name: text(253), uid: text(64), grantedBy: text(4_096) })

const Position = Type.Object(
  {
    boot: text(64, { minLength: 1, description: 'Of the replica, new at each start.' }),
    sequence: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'Counts from 1.' }),
    void: Type.Optional(
      Type.Array(Type.Object({ from: count, to: count }), {
        maxItems: 512,
        description: 'Numbers, from one to another, whose write failed since: they do not count, there or not.',
      }),
    ),
    unsettled: Type.Optional(
      Type.Array(count, { maxItems: 1_024, description: 'Numbers that were being written when this event was made.' }),
    ),
  },
  { description: 'Where it stands among the events of its replica.' },
)

const Linked = Type.Object({ boot: text(64, { minLength: 1 }), sequence: count, hash: hash('Of the event.') })

const Link = Type.Object({
  index: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  previous: Type.Optional(hash('Of the link before. Absent in the first.')),
  events: Type.Array(Linked, { maxItems: 256 }),
  through: Type.Array(Type.Object({ boot: text(64, { minLength: 1 }), sequence: count }), {
    maxItems: 64,
    description: 'How far each replica is linked by now; the 64 that were heard of last.',
  }),
  prunedThrough: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Up to this link every sink has all, so that the records are no longer in the cluster.',
    }),
  ),
})

const Cut = Type.Object({
  field: text(128, { description: 'Such as `data.tried.name`.' }),
  length: Type.Integer({ minimum: 0, description: 'What it had: items of a list, bytes of a text.' }),
  hash: Type.Optional(
    hash(
      'SHA-256 of the whole: of a text as UTF-8, of a list as JSON. Absent where something was redacted: it could be guessed from it.',
    ),
  ),
})

const Unreadable = Type.Object(
  {
    hash: hash('SHA-256 of what there was, as canonical JSON (RFC 8785).'),
    problem: text(2_048),
  },
  { description: 'In place of all else: the event could not be told, or could not be read.' },
)

/** An AccessRecord has the id and the type of its first event, within the same bounds. */
export const maxEventId = 64
export const eventTypePattern = String.raw`^dev\.sallyport\.[a-z]+\.[a-z]+\.v[0-9]+$`

/**
 * One event, as every sink gets it: CloudEvents 1.0, JSON, structured. Unknown fields and types pass: a newer replica may have
 * written it.
 */
export const AuditEvent = Type.Object(
  {
    specversion: Type.Literal('1.0'),
    id: text(maxEventId, { minLength: 1, description: 'The same at each delivery: whoever has seen it may drop it.' }),
    source: text(256, { minLength: 1, description: '`audit.source` of the config: which cluster it is.' }),
    type: text(128, { pattern: eventTypePattern, description: 'One of the types above.' }),
    time: microTime({ description: 'When it was decided or done.' }),
    subject: Type.Optional(text(16_400, { description: '`namespace/name` of what it is about.' })),
    datacontenttype: Type.Literal('application/json'),
    data: Type.Object({
      actor: Type.Optional(Actor),
      tried: Type.Optional(Tried),
      decision: Type.Optional(Decision),
      request: Type.Optional(RequestRef),
      grants: Type.Optional(Type.Array(Grant, { maxItems: 32 })),
      target: Type.Optional(Target),
      digest: Type.Optional(hash('What was approved: status.digest of the request.')),
      phase: Type.Optional(text(16)),
      objects: Type.Optional(Type.Array(MadeObject, { maxItems: 64 })),
      finding: Type.Optional(Finding),
      count: Type.Optional(
        Type.Integer({ minimum: 2, maximum: 2_147_483_647, description: 'How often the same came within a second.' }),
      ),
      message: Type.Optional(text(32_768)),
      expiresAt: Type.Optional(microTime()),
      link: Type.Optional(Link),
      position: Type.Optional(Position),
      cut: Type.Optional(
        Type.Array(Cut, {
          maxItems: 64,
          description: 'What was longer than an event may be; such a text, and such a list of texts, ends in `…`.',
        }),
      ),
      unreadable: Type.Optional(Unreadable),
    }),
  },
  { description: 'Control characters in texts of others are escaped as \\u001b.' },
)

export type AuditEvent = Static<typeof AuditEvent>
export type AuditData = AuditEvent['data']
export type AuditPosition = Static<typeof Position>
export type AuditLink = Static<typeof Link>
export type MadeObject = Static<typeof MadeObject>
export type AuditFinding = Static<typeof Finding>
export type AuditCut = Static<typeof Cut>
