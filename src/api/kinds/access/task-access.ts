import { Type, type Static } from 'typebox'
import { holes } from '../../hole.ts'
import { celTotal, held, stringMap, text, userId } from '../../schema/schema.ts'
import { accessDuration } from '../access-duration.ts'
import { WorkloadRef } from '../workload-ref.ts'

const maxParameters = 16
const maxParameter = 512
const maxCommand = 16_384

const pinned = '^[^@]+@sha256:[0-9a-f]{64}$'

const standInCommand = {
  rule: `!has(self.parameters) || self.parameters.all(parameter, ('<' + parameter.name + '>') in self.command)`,
  message: 'each parameter must stand in the command: as the word <NAME>',
}

const argv = (description: string): ReturnType<typeof Type.Array<ReturnType<typeof text>>> =>
  Type.Array(text(4_096), {
    minItems: 1,
    maxItems: 64,
    description,
    ...held({
      rule: `${celTotal('self')} <= ${maxCommand}`,
      message: `the command is longer than ${maxCommand} characters in all: put it into the image`,
    }),
  })

const Undo = Type.Object(
  { command: argv('The argv that undoes the task. It may have the parameters of the task.') },
  {
    description:
      'Undoes the effect of the task when the access ends. It runs once, for at most 60 seconds, with the image and the ' +
      'privilege of the task. So the access lasts until it expires or is revoked, although the task has ended. ' +
      'Left out: the access ends with its task.',
  },
)

/**
 * The task that a template offers: one command that Sallyport runs beside a container of a workload, with the privilege
 * that the template names.
 */
export const TaskTemplate = Type.Object(
  {
    target: Type.Object(WorkloadRef.properties, {
      description: 'The workload, or one plain Pod, in the namespace of the request. The task runs in one of its pods.',
    }),
    container: Type.Optional(
      text(63, {
        minLength: 1,
        description:
          'The container whose processes the task sees. Left out: the one that kubectl exec takes. ' +
          'The network of a pod is the same for all of its containers.',
      }),
    ),
    image: text(4_096, {
      pattern: pinned,
      description:
        'The image of the task, by digest: `registry.example/tools@sha256:…`. It must have the program timeout, ' +
        'which ends the task at its deadline.',
    }),
    command: argv('The argv of the task. The word `<NAME>` stands for the parameter NAME.'),
    undo: Type.Optional(Undo),
    parameters: Type.Optional(
      holes(
        'The parameters of the task: words of the command that a request fills. Each stands in the command once. ' +
          'A request gives a value for each.',
      ),
    ),
    capabilities: Type.Optional(
      Type.Array(text(63, { minLength: 1 }), {
        maxItems: 16,
        'x-kubernetes-list-type': 'set',
        description:
          'The Linux capabilities of the task, such as NET_RAW. Left out: none. ' +
          'Only some authors may offer those that reach beyond the pod.',
      }),
    ),
    runAsUser: Type.Optional(
      userId(
        'The id of the user that the task runs as. Capabilities work only for user 0, or for a program with file capabilities. ' +
          'Left out: the user of the pod, or of the image.',
      ),
    ),
    runAsGroup: Type.Optional(userId('The id of the group that the task runs as.')),
    deadline: Type.Optional(
      accessDuration({
        description:
          'The task ends after this time, or when the access ends, if that is earlier. Left out: when the access ends.',
      }),
    ),
  },
  {
    description:
      'Offers a task: Sallyport runs one command in an ephemeral container of a pod, with the capabilities named here. ' +
      'The pod stays as it is.',
    ...held(standInCommand),
  },
)

/** The task that a request asks for: the values of its parameters. */
export const TaskAsk = Type.Object(
  {
    pod: Type.Optional(
      text(253, {
        minLength: 1,
        description: "The name of the pod. Left out: a ready pod of the template's target.",
      }),
    ),
    parameters: Type.Optional(
      stringMap(
        { maxProperties: maxParameters, maxLength: maxParameter },
        {
          description: 'The values of the parameters of the template, by name. A value is one word of the command.',
          ...held({
            rule: 'self.all(name, name.size() <= 63)',
            message: 'the name of a parameter is longer than 63 characters',
          }),
        },
      ),
    ),
  },
  { description: 'Asks for the task that the template offers.' },
)

export type TaskTemplate = Static<typeof TaskTemplate>
export type TaskAsk = Static<typeof TaskAsk>
