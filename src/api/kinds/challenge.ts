import { Type, type Static, type TProperties } from 'typebox'
import { held, text, words } from '../schema/schema.ts'
import { subjects } from './subjects.ts'

/** The days of the week, in the order of Date.getUTCDay. */
export const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** The largest length of an expression, in characters. */
export const maxExpression = 2_048

const hours = '([01][0-9]|2[0-3]):[0-5][0-9]'

const PeerReview = Type.Object(
  {
    name: Type.Optional(text(63, { minLength: 1, description: 'The name of this stage, such as security.' })),
    count: Type.Integer({ minimum: 1, maximum: 16, description: 'The number of people who must approve.' }),
    reviewers: subjects({
      description: 'The users who may decide. A service account may decide only if it is named as itself.',
    }),
    notReviewers: Type.Optional(
      subjects({ description: 'The users who may not decide, although they are among the reviewers.' }),
    ),
  },
  {
    description:
      'A number of people must approve. Each of them counts once, also across several peerReviews. ' +
      'The requestor never counts.',
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
        description: 'The days on which the window opens. Left out: every day.',
      }),
    ),
    from: text(5, { pattern: `^${hours}$`, description: 'The time at which the window opens, such as "09:00".' }),
    to: text(5, {
      pattern: `^(${hours}|24:00)$`,
      description:
        'The time at which the window closes. If it is earlier than from, it is on the next day. ' +
        'The end of the day is "24:00".',
    }),
    wait: Type.Optional(
      Type.Boolean({
        description: 'True if a request outside the window waits for the next opening. Otherwise it is refused.',
      }),
    ),
    mayOutlast: Type.Optional(
      Type.Boolean({
        description: 'True if an access that began in the window may go on after the window has closed.',
      }),
    ),
  },
  {
    description: 'The access begins only while a clock in this time zone shows these hours.',
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
      description: 'A CEL expression over request, requestor, template, target and now. It must be true.',
    }),
    message: text(512, {
      minLength: 1,
      description: 'The text that the requestor reads if the expression is not true.',
    }),
  },
  { description: 'A condition of your own must hold.' },
)

const Webhook = Type.Object(
  { name: text(63, { minLength: 1, description: "The validator's name in the config." }) },
  { description: "The organisation's own validator must agree." },
)

const kinds = {
  peerReview: Type.Optional(PeerReview),
  timeWindow: Type.Optional(TimeWindow),
  expression: Type.Optional(Expression),
  webhook: Type.Optional(Webhook),
} satisfies TProperties

const names = Object.keys(kinds)

/**
 * One challenge that must be met. It has exactly one of these fields.
 *
 * Unknown fields are kept and counted, not pruned. So the API server refuses a challenge that this version does not
 * know. Pruning would drop it silently beside one that this version knows.
 */
const Challenge = Type.Object(kinds, {
  'x-kubernetes-preserve-unknown-fields': true,
  maxProperties: 1,
  ...held({
    rule: `[${names.map((name) => `has(self.${name})`).join(', ')}].exists_one(named, named)`,
    message: `exactly one of ${names.join(', ')} must be named, and nothing else`,
  }),
})

/** The challenges of a template. All of them must be met before access is given. */
export const Challenges = Type.Array(Challenge, {
  maxItems: 8,
  description:
    'The challenges that must be met before access is given: all of them. Without any, a request is approved at once.',
})

export type Challenge = Static<typeof Challenge>
export type PeerReview = Static<typeof PeerReview>
export type TimeWindow = Static<typeof TimeWindow>
