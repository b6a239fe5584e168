import { Type } from 'typebox'
import { text } from './schema/schema.ts'

/** The largest number of characters of an argv in an event. The gap behind a word counts as one. */
export const maxToldOfArgv = 4_096
// An escaped character takes up to nine characters.
const maxWord = 8 * maxToldOfArgv

/** The schema of a SHA-256 in hexadecimal. */
export const hash = (description: string): ReturnType<typeof text> =>
  text(64, { pattern: '^[0-9a-f]{64}$', description })

/** The fields of an event that tell an argv. */
export const commandFields = {
  command: Type.Optional(
    Type.Array(text(maxWord), {
      maxItems: maxToldOfArgv + 2,
      description:
        'The argv. It is redacted by `audit.redact`, and cut after 4 KiB, which a `…` shows. ' +
        '`cut` says how many words there were.',
    }),
  ),
  commandHash: Type.Optional(
    hash(
      'SHA-256 of the JSON list of all words, if some were cut. ' +
        'Absent if a word was redacted, because the word could be guessed from it.',
    ),
  ),
}
