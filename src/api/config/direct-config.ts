import { Type, type Static } from 'typebox'
import { durationPattern } from '../duration.ts'
import { Subject } from '../subject.ts'

const closed = { additionalProperties: false }

const Reason = Type.Object(
  {
    required: Type.Boolean({ default: false, description: 'Whether a request needs a reason.' }),
    pattern: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description:
          'RE2 that must match some part of the reason. Begin it with ^ and end it with $ to match the whole. A request then needs a reason.',
      }),
    ),
  },
  { ...closed, default: {} },
)

/** The bounds of requests that name no template. */
export const DirectConfig = Type.Object(
  {
    allow: Type.Boolean({
      default: true,
      description: 'Whether somebody may ask without a template. After a change to `false` such accesses end, too.',
    }),
    maxDuration: Type.Optional(
      Type.String({
        pattern: durationPattern,
        maxLength: 64,
        description:
          'The longest that such a request may ask for, from 1s to 8760h. An access for longer ends after a change. Left out: 8760h.',
      }),
    ),
    reviewers: Type.Optional(
      Type.Array(Subject, {
        minItems: 1,
        maxItems: 64,
        description:
          'Who decides such requests, of those who may write grants. A grant of somebody else counts no more after a change. ' +
          'A service account must be named itself. Left out: every person who may write grants.',
      }),
    ),
    reason: Reason,
  },
  { ...closed, default: {}, description: 'Requests that name no template: whether they are taken, and how.' },
)

export type DirectPolicy = Static<typeof DirectConfig>
