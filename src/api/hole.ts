import { Type, type Static, type TInteger } from 'typebox'
import { held, pattern, text } from './schema/schema.ts'

const maxHoles = 16

function bound(description: string): TInteger {
  return Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER, description })
}

const rules = {
  pattern: Type.Optional(
    pattern(
      'An RE2 pattern that the whole word must match. ' +
        'The word may have 512 characters, and only printable ones. All patterns of the commands together have a limit of cost: ' +
        'each counts for each place where it stands.',
    ),
  ),
  values: Type.Optional(
    Type.Array(text(253), {
      minItems: 1,
      maxItems: 64,
      'x-kubernetes-list-type': 'set',
      description: 'The words that are allowed.',
    }),
  ),
  range: Type.Optional(
    Type.Object(
      { min: bound('The smallest number.'), max: bound('The largest number.') },
      {
        description:
          'The word is a whole number in decimal digits, such as `-5` or `30`, and not `+5`, `030` or `3e1`.',
        ...held({ rule: 'self.min <= self.max', message: 'min is larger than max' }),
      },
    ),
  ),
}

const names = Object.keys(rules)

/** A named place in a command that the requestor fills, and the rule for the word there: exactly one of three. */
const Hole = Type.Object(
  {
    name: text(63, {
      minLength: 1,
      pattern: '^[a-z]([-a-z0-9]*[a-z0-9])?$',
      description: 'The name of the hole. The word `<NAME>` of a command is this hole.',
    }),
    ...rules,
  },
  held({
    rule: `[${names.map((name) => `has(self.${name})`).join(', ')}].exists_one(named, named)`,
    message: `a hole has exactly one rule: ${names.join(', ')}`,
  }),
)

/** Returns the schema of the holes of some commands. */
export function holes(description: string): ReturnType<typeof Type.Array<typeof Hole>> {
  return Type.Array(Hole, {
    minItems: 1,
    maxItems: maxHoles,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    description,
  })
}

export type Hole = Static<typeof Hole>
