import { Type, type Static, type TProperties } from 'typebox'
import { held, text, words } from '../schema/schema.ts'
import { subjects } from './subjects.ts'

/** In the order of Date.getUTCDay. */
export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** Of an expression, in characters. */
export const maxExpression = 2_048

const hours = '([01][0-9]|2[0-3]):[0-5][0-9]'

const PeerReview = Type.Object(
  {
    name: Type.Optional(text(63, { minLength: 1, description: 'What people call this stage, such as security.' })),
    count: Type.Integer({ minimum: 1, maximum: 16, description: 'How many people must approve.' }),
    reviewers: subjects({ description: 'Who may decide. A service account only where it is named as itself.' }),
    notReviewers: Type.Optional(subjects({ description: 'Who may not, though among the reviewers.' })),
  },
  {
    description: 'So many people approve, none of them twice, also not in another peerReview, and never the requestor.',
  },
)

const TimeWindow = Type.Object(
  {
    timeZone: text(64, {
      pattern: '^[A-Za-z][A-Za-z0-9_+/-]*$',
      description: 'A name of the IANA time zone database, such as Europe/Berlin.',
    }),
    days: Type.Optional(
      Type.Array(words(weekdays), {
        minItems: 1,
        maxItems: weekdays.length,
        'x-kubernetes-list-type': 'set',
        description: 'On which it opens. Left out: every day.',
      }),
    ),
    from: text(5, { pattern: `^${hours}$`, description: 'When it opens, such as "09:00".' }),
    to: text(5, {
      pattern: `^(${hours}|24:00)$`,
      description: 'When it closes. Earlier than from: on the next day. The end of the day is "24:00".',
    }),
    wait: Type.Optional(
      Type.Boolean({ description: 'A request outside waits for the next opening, instead of being refused.' }),
    ),
    mayOutlast: Type.Optional(
      Type.Boolean({ description: 'An access that began in the window may go on after it has closed.' }),
    ),
  },
  {
    description: 'Access begins only while the clock on the wall there shows these hours.',
    ...held({
      rule: 'self.from != self.to',
      message: 'from and to are the same: for the whole day write from "00:00" to "24:00"',
    }),
  },
)

const Expression = Type.Object(
  {
    cel: text(maxExpression, {
      minLength: 1,
      description: 'CEL over request, requestor, template, target and now, which must be true.',
    }),
    message: text(512, { minLength: 1, description: 'What the requestor reads where it is not.' }),
  },
  { description: 'A condition of your own.' },
)

const Webhook = Type.Object(
  { name: text(63, { minLength: 1, description: "The validator's name in the config." }) },
  { description: "The organisation's own validator agrees." },
)

const kinds = {
  peerReview: Type.Optional(PeerReview),
  timeWindow: Type.Optional(TimeWindow),
  expression: Type.Optional(Expression),
  webhook: Type.Optional(Webhook),
} satisfies TProperties

const names = Object.keys(kinds)

/**
 * One thing that must be met: exactly one of its fields.
 *
 * Unknown fields are kept and counted instead of pruned, so that a challenge that this version does not know is refused,
 * and not dropped beside one that it knows.
 */
const Challenge = Type.Object(kinds, {
  'x-kubernetes-preserve-unknown-fields': true,
  maxProperties: 1,
  ...held({
    rule: `[${names.map((name) => `has(self.${name})`).join(', ')}].exists_one(named, named)`,
    message: `exactly one of ${names.join(', ')} must be named, and nothing else`,
  }),
})

/** What must be met before access is given: all of it. */
export const Challenges = Type.Array(Challenge, {
  maxItems: 8,
  description: 'What must be met before access is given: all of it. None: approved at once.',
})

export type Challenge = Static<typeof Challenge>
export type PeerReview = Static<typeof PeerReview>
export type TimeWindow = Static<typeof TimeWindow>
