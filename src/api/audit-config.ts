import { Type, type Static } from 'typebox'
import { words } from './schema.ts'

const RedactRule = Type.Object(
  {
    pattern: Type.String({
      minLength: 1,
      maxLength: 256,
      description: 'RE2; finds in each word of an argv by itself.',
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
export type RedactRule = Static<typeof RedactRule>
