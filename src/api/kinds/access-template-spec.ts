import { Type, type Static, type TProperties } from 'typebox'
import { accessNames, oneOffered, offeredFields, type AccessName } from '../accesses.ts'
import { held, stringMap, text, words, type CelRule } from '../schema/schema.ts'
import { accessDuration } from './access-duration.ts'
import { Challenges } from './challenge.ts'
import { Author, notStamped } from './identity.ts'
import { subjects } from './subjects.ts'

/** What an accessMessage may hold between `{{` and `}}`. */
export const placeholders = ['namespace', 'pod', 'container', 'request'] as const

const Duration = Type.Object(
  {
    default: Type.Optional(
      accessDuration({ description: 'Of a request that names none. Left out: 1h, or max if that is less.' }),
    ),
    max: accessDuration({ description: 'A request for longer is refused.' }),
  },
  held({
    rule: '!has(self.default) || duration(self.default) <= duration(self.max)',
    message: 'default is longer than max',
  }),
)

// One that does not compile is an error of the evaluation, and refused as such. Not `|| true`, which makes good an error, too.
const compiles: CelRule = { rule: "''.matches(self) in [true, false]", message: 'must be an RE2 expression' }

const Reason = Type.Object({
  required: Type.Optional(Type.Boolean()),
  pattern: Type.Optional(
    text(256, {
      minLength: 1,
      description: 'RE2, found anywhere in the reason: begin it with ^ and end it with $ to match the whole.',
      ...held(compiles),
    }),
  ),
})

const Attribute = Type.Object({
  key: text(63, { minLength: 1, pattern: '^[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?$' }),
  pattern: Type.Optional(
    text(256, {
      minLength: 1,
      description: 'RE2, for the whole value. What all patterns of a template may cost together is bounded.',
      ...held(compiles),
    }),
  ),
  optional: Type.Optional(Type.Boolean({ description: 'It may be left out; what is given must match all the same.' })),
})

const maxInFlight = 10_000

const Limits = Type.Object(
  {
    perUser: Type.Optional(Type.Integer({ minimum: 1, maximum: maxInFlight, description: 'Of one requestor.' })),
    total: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: maxInFlight,
        description: 'Of all requestors; under a ClusterAccessTemplate in all namespaces.',
      }),
    ),
  },
  { description: 'How many requests may be unfinished at a time. One beyond is refused; those that were first go on.' },
)

const Access = Type.Object(
  offeredFields,
  held({
    rule: `[${accessNames.map((name) => `has(self.${name})`).join(', ')}].exists_one(named, named)`,
    message: oneOffered,
  }),
)

const common = {
  description: Type.Optional(text(1_024, { description: 'For those who choose a template.' })),
  subjects: subjects({
    description:
      'Who may ask. A group names a service account only if it is system:serviceaccounts or begins with system:serviceaccounts:.',
  }),
  membership: Type.Optional(
    words(['AtUse', 'AtRequest'], {
      description:
        'When a login must be one of subjects: AtUse at the request and at each use of a pod, AtRequest at the request only. ' +
        'Left out: AtUse. Roles are bound to the user by name, so that only the request can be asked.',
    }),
  ),
  duration: Type.Optional(Duration),
  reason: Type.Optional(Reason),
  attributes: Type.Optional(
    Type.Array(Attribute, {
      maxItems: 16,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['key'],
      description:
        'What a request must say in its attributes, for validators and expressions. Others it may have, too.',
    }),
  ),
  challenges: Type.Optional(Challenges),
  limits: Type.Optional(Limits),
  access: Access,
  accessMessage: Type.Optional(
    text(1_024, {
      description: `What status.accessMessage says once the access is ready; {{${placeholders.join('}}, {{')}}} are filled in.`,
      ...held({
        rule: String.raw`self.matches('^([^{]|[{][^{]|[{][{](${placeholders.join('|')})[}][}])*$')`,
        message: `has a placeholder that is none of {{${placeholders.join('}}, {{')}}}`,
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
  role: [
    {
      rule: String.raw`!has(self.access.role) || !has(self.accessMessage) || !self.accessMessage.matches('[{][{](pod|container)[}][}]')`,
      message: 'a role is about no pod: of the placeholders its accessMessage may hold {{namespace}} and {{request}}',
    },
  ],
}

/**
 * The further rules of each kind of access for an AccessTemplate. Those who read a namespace's templates and bindings see all that is
 * given in it: nothing comes from beside.
 */
const ownNamespaceRules: Readonly<Record<AccessName, readonly CelRule[]>> = {
  exec: [],
  shell: [],
  role: [
    {
      rule: '!has(self.access.role) || (!(has(self.access.role.clusterWide) && self.access.role.clusterWide) && self.access.role.bindings.all(one, !has(one.namespaces)))',
      message:
        'an AccessTemplate gives roles in its own namespace alone: leave access.role.clusterWide and namespaces out, or make it a ClusterAccessTemplate',
    },
  ],
}

const commonRules = [authorRule, ...Object.values(accessRules).flat()]

/** What may be asked in the template's own namespace, by whom and how. */
export const AccessTemplateSpec = Type.Object(common, held(...commonRules, ...Object.values(ownNamespaceRules).flat()))

/** The same for many namespaces. */
export const ClusterAccessTemplateSpec = Type.Object(
  {
    ...common,
    namespaces: Type.Object(
      {
        matchNames: Type.Optional(
          Type.Array(text(63, { minLength: 1 }), { minItems: 1, maxItems: 256, description: 'Left out: any name.' }),
        ),
        matchLabels: Type.Optional(stringMap({ maxProperties: 16, maxLength: 63 })),
      },
      { description: 'Where it may be asked for: namespaces that fit both, `{}` is all.' },
    ),
  },
  held(...commonRules),
)

/** A template of either kind as somebody sends it, with whatever a client has written into what is stamped. */
export const AccessTemplateAsked = Type.Object({ spec: Type.Object(common) })

export type AccessTemplateAsked = Static<typeof AccessTemplateAsked>
export type AccessTemplateSpec = Static<typeof AccessTemplateSpec>
export type ClusterAccessTemplateSpec = Static<typeof ClusterAccessTemplateSpec>
