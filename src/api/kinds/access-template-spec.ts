import { Type, type Static, type TProperties } from 'typebox'
import { accessNames, oneOffered, offeredFields, type AccessName } from '../accesses.ts'
import { held, pattern, stringMap, text, words, type CelRule } from '../schema/schema.ts'
import { accessDuration } from './access-duration.ts'
import { Challenges } from './challenge.ts'
import { Author, notStamped } from './identity.ts'
import { subjects } from './subjects.ts'

/** The words that an accessMessage may hold between `{{` and `}}`. */
export const placeholders = ['namespace', 'pod', 'container', 'request'] as const

const Duration = Type.Object(
  {
    default: Type.Optional(
      accessDuration({
        description: 'The duration of a request that names none. Left out: 1h, or max if that is less.',
      }),
    ),
    max: accessDuration({ description: 'The longest duration. A request for longer is refused.' }),
  },
  {
    description: 'The duration of an access. Left out: 1h, and no request may ask for longer.',
    ...held({
      rule: '!has(self.default) || duration(self.default) <= duration(self.max)',
      message: 'default is longer than max',
    }),
  },
)

const Reason = Type.Object(
  {
    required: Type.Optional(Type.Boolean({ description: 'True if a request must give a reason.' })),
    pattern: Type.Optional(
      pattern(
        'An RE2 pattern that must be found in the reason. ' +
          'To match the whole reason, begin it with ^ and end it with $.',
      ),
    ),
  },
  { description: 'Says what the reason of a request must be like.' },
)

const Attribute = Type.Object({
  key: text(63, {
    minLength: 1,
    pattern: '^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$',
    description: 'The key of the attribute.',
  }),
  pattern: Type.Optional(
    pattern(
      'An RE2 pattern that the whole value must match. All patterns of the attributes together have a limit of cost.',
    ),
  ),
  optional: Type.Optional(
    Type.Boolean({
      description: 'True if a request may leave the attribute out. A value that is given must match all the same.',
    }),
  ),
})

const maxInFlight = 10_000

const Limits = Type.Object(
  {
    perUser: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxInFlight,
        description: 'The largest number of unfinished requests of one requestor.',
      }),
    ),
    total: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxInFlight,
        description:
          'The largest number of unfinished requests of all requestors. ' +
          'For a ClusterAccessTemplate all namespaces count together.',
      }),
    ),
  },
  {
    description:
      'Limits how many requests may be unfinished at a time. A request above the limit is refused. ' +
      'Earlier requests go on.',
  },
)

const Access = Type.Object(offeredFields, {
  description: `The access that the template offers. Exactly one kind must be there: ${accessNames.join(', ')}.`,
  ...held({
    rule: `[${accessNames.map((name) => `has(self.${name})`).join(', ')}].exists_one(named, named)`,
    message: oneOffered,
  }),
})

const common = {
  description: Type.Optional(text(1_024, { description: 'A text for people who choose a template.' })),
  subjects: subjects({
    description:
      'The users who may ask. A group includes a service account only if the group is system:serviceaccounts or ' +
      'begins with system:serviceaccounts:.',
  }),
  membership: Type.Optional(
    words(['AtUse', 'AtRequest'], {
      description:
        'Says when a login must be one of subjects. AtUse: at the request and at each use of a pod. ' +
        'AtRequest: at the request only. ' +
        'Left out: AtUse. Roles are bound to the user by name, so for roles Sallyport checks only the request.',
    }),
  ),
  duration: Type.Optional(Duration),
  reason: Type.Optional(Reason),
  attributes: Type.Optional(
    Type.Array(Attribute, {
      maxItems: 16,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['key'],
      description: 'The attributes that a request must have, for validators and expressions. It may have others, too.',
    }),
  ),
  challenges: Type.Optional(Challenges),
  limits: Type.Optional(Limits),
  access: Access,
  accessMessage: Type.Optional(
    text(1_024, {
      description: `The text of status.accessMessage once the access is ready. {{${placeholders.join('}}, {{')}}} are filled in.`,
      ...held({
        rule: String.raw`self.matches('^([^{]|[{][^{]|[{][{](${placeholders.join('|')})[}][}])*$')`,
        message: `has an unknown placeholder: known are {{${placeholders.join('}}, {{')}}}`,
      }),
    }),
  ),
  author: Type.Optional(Author),
} satisfies TProperties

const authorRule = { rule: 'has(self.author)', message: notStamped('spec.author') }

/** The rules of each kind of access for the template around it. */
const accessRules: Readonly<Record<AccessName, readonly CelRule[]>> = {
  exec: [],
  shell: [],
  task: [],
  role: [
    {
      rule: String.raw`!has(self.access.role) || !has(self.accessMessage) || !self.accessMessage.matches('[{][{](pod|container)[}][}]')`,
      message: 'a role has no pod: its accessMessage may hold only the placeholders {{namespace}} and {{request}}',
    },
  ],
}

/**
 * The further rules of each kind of access for an AccessTemplate. A person who reads a namespace's templates and
 * bindings then sees all that is given in it: no template of another namespace gives anything there.
 */
const ownNamespaceRules: Readonly<Record<AccessName, readonly CelRule[]>> = {
  exec: [],
  shell: [],
  task: [],
  role: [
    {
      rule: '!has(self.access.role) || (!(has(self.access.role.clusterWide) && self.access.role.clusterWide) && self.access.role.bindings.all(one, !has(one.namespaces)))',
      message:
        'an AccessTemplate gives roles only in its own namespace: ' +
        'leave access.role.clusterWide and namespaces out, or make it a ClusterAccessTemplate',
    },
  ],
}

const commonRules = [authorRule, ...Object.values(accessRules).flat()]

const description = 'The access that may be asked for, by whom and how.'

/** The spec of a template that offers an access in its own namespace. */
export const AccessTemplateSpec = Type.Object(common, {
  description,
  ...held(...commonRules, ...Object.values(ownNamespaceRules).flat()),
})

/** The spec of a template that offers an access in many namespaces. */
export const ClusterAccessTemplateSpec = Type.Object(
  {
    ...common,
    namespaces: Type.Object(
      {
        matchNames: Type.Optional(
          Type.Array(text(63, { minLength: 1 }), {
            minItems: 1,
            maxItems: 256,
            description: 'The names of the namespaces. Left out: any name.',
          }),
        ),
        matchLabels: Type.Optional(
          stringMap(
            { maxProperties: 16, maxLength: 63 },
            { description: 'The labels that a namespace must have. Left out: any labels.' },
          ),
        ),
      },
      {
        description:
          'The namespaces in which the access may be asked for: those that match both fields. ' +
          '`{}` means all namespaces.',
      },
    ),
  },
  { description, ...held(...commonRules) },
)

/** A template of either kind as a client sends it, before admission. The stamped fields may hold anything. */
export const AccessTemplateAsked = Type.Object({ spec: Type.Object(common) })

export type AccessTemplateAsked = Static<typeof AccessTemplateAsked>
export type AccessTemplateSpec = Static<typeof AccessTemplateSpec>
export type ClusterAccessTemplateSpec = Static<typeof ClusterAccessTemplateSpec>
