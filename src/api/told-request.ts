import { Type, type Static, type TSchema, type TOptional, type TBoolean } from 'typebox'
import { accessNames, type AccessName, type AskedAccess } from './accesses.ts'
import { ShellAsk } from './kinds/access/shell-access.ts'
import { microTime, stringMap, text } from './schema/schema.ts'
import { commandFields } from './told-command.ts'

const flag = (description: string): TOptional<TBoolean> => Type.Optional(Type.Boolean({ description }))

/**
 * The fields in which an event tells each kind of access. If a request may have a field that is missing here, this does
 * not compile.
 */
const accessFields = {
  exec: {
    pod: Type.Optional(text(1_024, { description: 'The pod that the request names.' })),
    container: Type.Optional(text(256, { description: 'The container that the request names.' })),
    ...commandFields,
    stdin: flag('True if input may be sent.'),
    tty: flag('True if a terminal may be opened.'),
    subresources: Type.Optional(
      Type.Array(text(63), { maxItems: 16, description: 'The further ways into the pod, such as `portforward`.' }),
    ),
    debug: flag('True if debug containers may be added.'),
    waitForPod: flag('True if the request waits for its pod to come.'),
  },
  shell: { resources: ShellAsk.properties.resources },
  role: {},
  task: {
    pod: Type.Optional(text(1_024, { description: 'The pod that the request names.' })),
    parameters: Type.Optional(
      stringMap(
        { maxProperties: 16, maxLength: 1_024 },
        {
          description:
            'The values of the parameters of a task. A value is `[redacted]` if `audit.redact` finds something in it.',
        },
      ),
    ),
  },
} satisfies { readonly [Name in AccessName]: Readonly<Record<keyof AskedAccess<Name>['asked'], TSchema>> }

const AskedFields = Type.Object({
  ...accessFields.exec,
  ...accessFields.shell,
  ...accessFields.role,
  ...accessFields.task,
})

// Escaping makes a text longer than the schema of a request allows. A field with fixed words is any text here: a newer
// replica may know more words.
/** The wish of a requestor, as an event tells it. */
export const Asked = Type.Object(
  {
    access: text(63, { description: `The kind of access: ${accessNames.join(', ')}.` }),
    reason: Type.Optional(
      text(4_096, { description: 'The reason. It is `[redacted]` if `audit.redact` finds something in it.' }),
    ),
    duration: Type.Optional(text(64, { description: 'The duration that the request names.' })),
    startAt: Type.Optional(microTime({ description: 'The earliest time at which the access begins.' })),
    once: flag('True if the access is for one use.'),
    template: Type.Optional(
      Type.Object(
        {
          kind: text(63, { description: 'AccessTemplate or ClusterAccessTemplate.' }),
          name: text(1_024, { description: 'The name of the template.' }),
        },
        { description: 'The template that the request names.' },
      ),
    ),
    attributes: Type.Optional(
      stringMap(
        { maxProperties: 16, maxLength: 1_024 },
        {
          description:
            'Keys and values for validators. A value is `[redacted]` if `audit.redact` finds something in it.',
        },
      ),
    ),
    ...AskedFields.properties,
  },
  {
    description:
      'The wish of the requestor: the fields of `spec` in docs/kinds.md. Absent if the request does not keep its schema.',
  },
)

/** The words of an approver, as an event tells them. */
export const GivenVerdict = Type.Object(
  {
    verdict: text(63, { description: 'Approved or Denied.' }),
    message: Type.Optional(text(4_096, { description: 'The message to the requestor. Redacted like a reason.' })),
    duration: Type.Optional(text(64, { description: 'The duration to which the approver shortens the access.' })),
    digest: Type.Optional(
      text(64, {
        pattern: '^[0-9a-f]{12,64}$',
        description: 'The beginning of the `status.digest` that the approver looked at.',
      }),
    ),
  },
  {
    description:
      'The words of the approver: the fields of `spec` in docs/kinds.md. Absent if the grant does not keep its schema.',
  },
)

/** The fields of all kinds of access together. */
export type AskedFields = Static<typeof AskedFields>
export type Asked = Static<typeof Asked>
export type GivenVerdict = Static<typeof GivenVerdict>
