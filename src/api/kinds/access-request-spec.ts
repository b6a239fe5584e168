import { Type, type Static, type TProperties } from 'typebox'
import { visiblePattern } from '../blank.ts'
import { accessNames, askedFields, type AccessName } from '../accesses.ts'
import { held, microTime, stringMap, text, words, type CelRule } from '../schema/schema.ts'
import { accessDuration } from './access-duration.ts'
import { Identity, notStamped } from './identity.ts'
import { immutableFields } from './immutable.ts'

const TemplateRef = Type.Object(
  {
    // The API server fills in the default before it asks a webhook, so everybody who reads a request finds it there.
    kind: words(['AccessTemplate', 'ClusterAccessTemplate'], {
      default: 'AccessTemplate',
      description: 'The kind of the template.',
    }),
    name: text(253, {
      minLength: 1,
      description: 'The name of the template. An AccessTemplate is in the namespace of the request.',
    }),
  },
  {
    description:
      'The template that offers the access. Only a request for exec that names a pod may do without a template.',
  },
)

const Revocation = Type.Object(
  {
    by: Type.Optional(
      Type.Object(Identity.properties, {
        description: 'The user who revoked the access. Sallyport stamps it at admission.',
      }),
    ),
    message: Type.Optional(text(1024, { description: 'The reason, for people to read.' })),
  },
  {
    description: 'Ends the access. Once it is set, it can be neither changed nor removed.',
    ...held({ rule: 'has(self.by)', message: notStamped('spec.revoked.by') }),
  },
)

const asked = {
  templateRef: Type.Optional(TemplateRef),
  reason: Type.Optional(
    text(2048, {
      minLength: 1,
      description: 'The reason for which access is needed. Approvers read it.',
      ...held({
        rule: `self.matches(r'${visiblePattern}')`,
        message: 'spec.reason is blank: write why, or leave it out where nobody demands it',
      }),
    }),
  ),
  duration: Type.Optional(
    accessDuration({
      description:
        'The access lasts this long, counted from its approval or from startAt. ' +
        "Left out: the template's default, else 1h.",
    }),
  ),
  startAt: Type.Optional(
    microTime({
      description: 'The access does not begin before this time. Left out: it begins when it is approved.',
      // The pattern does not know how many days a month has.
      ...held({
        rule: "timestamp(self) >= timestamp('0001-01-01T00:00:00Z')",
        message: 'must be a time such as 2026-11-22T08:00:00Z',
      }),
    }),
  ),
  once: Type.Optional(
    Type.Boolean({ description: 'True if the access is for one use only: the first call that is let in.' }),
  ),
  ...askedFields,
  attributes: Type.Optional(
    stringMap(
      { maxProperties: 16, maxLength: 512 },
      {
        description: "Free keys and values, for the organisation's own validators and for expressions of templates.",
        ...held({
          rule: 'self.all(key, key.size() <= 63)',
          message: 'a key of attributes is longer than 63 characters',
        }),
      },
    ),
  ),
  requestor: Type.Optional(
    Type.Object(Identity.properties, {
      description: 'The user who asks, as the API server knew the login. Sallyport stamps it at admission.',
    }),
  ),
} satisfies TProperties

/** The rule of each kind of access that says when a request must name a template. */
const templateRules: Readonly<Record<AccessName, CelRule>> = {
  exec: {
    rule: '!has(self.exec) || has(self.exec.pod) || has(self.templateRef)',
    message: 'name the pod in exec.pod, or a template in templateRef that chooses one',
  },
  shell: {
    rule: '!has(self.shell) || has(self.templateRef)',
    message: 'a shell pod is made after a template: name one in templateRef',
  },
  role: {
    rule: '!has(self.role) || has(self.templateRef)',
    message: 'roles are given by a template: name one in templateRef',
  },
  task: {
    rule: '!has(self.task) || has(self.templateRef)',
    message: 'tasks are offered by templates: name one in templateRef',
  },
}

/**
 * The further rules of each kind of access. The API server tells problems in the order in which the kinds stand here.
 */
const furtherRules: Readonly<Record<AccessName, readonly CelRule[]>> = {
  role: [
    {
      rule: '!has(self.role) || !has(self.once) || !self.once',
      message: 'Sallyport cannot count the uses of a role: leave once out, and ask for a short duration',
    },
  ],
  exec: [
    {
      rule: '!has(self.exec) || !self.exec.?debug.orValue(false) || has(self.templateRef)',
      message: 'debug containers are offered by templates: name one in templateRef',
    },
    {
      rule: '!has(self.exec) || !self.exec.?debug.orValue(false) || !self.?once.orValue(false)',
      message: 'once is for one session, and a debug container takes two calls: leave out once or exec.debug',
    },
  ],
  shell: [],
  task: [
    {
      rule: '!has(self.task) || !self.?once.orValue(false)',
      message: 'a task runs once anyway: leave once out',
    },
  ],
}

/**
 * The spec of a request: which access is asked for, by whom and why. It is immutable but for `revoked`, which is set
 * once.
 *
 * `duration` is optional, so that a template's default can stand in for it. Without a template the controller takes
 * `defaultDuration`. The schema has no default, because a default would hide if the requestor chose it.
 */
export const AccessRequestSpec = Type.Object(
  { ...asked, revoked: Type.Optional(Revocation) },
  {
    description: 'The access that is asked for, by whom and why. It cannot be changed, but revoked can be set once.',
    ...held(
      {
        rule: `[${accessNames.map((name) => `has(self.${name})`).join(', ')}].exists_one(named, named)`,
        message: `exactly one access must be named: ${accessNames.join(', ')}`,
      },
      ...Object.values(templateRules),
      ...Object.values(furtherRules).flat(),
      { rule: 'has(self.requestor)', message: notStamped('spec.requestor') },
      ...immutableFields('spec', asked, 'what was asked stays; make another request'),
      {
        rule: '!has(oldSelf.revoked) || (has(self.revoked) && self.revoked == oldSelf.revoked)',
        message: 'spec.revoked is final: it can be neither changed nor removed; make another request',
      },
    ),
  },
)

/** A request as a client sends it, before admission. The stamped fields may hold anything. */
export const AccessRequestAsked = Type.Object({ spec: Type.Omit(AccessRequestSpec, ['requestor', 'revoked']) })

/** The duration of a request that names neither a duration nor a template. */
export const defaultDuration = '1h'

export type AccessRequestSpec = Static<typeof AccessRequestSpec>
export type TemplateRef = Static<typeof TemplateRef>
