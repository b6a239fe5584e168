import { Type, type Static } from 'typebox'
import { podSubresources } from '../../review/subresource.ts'
import { celTotal, held, text, words } from '../../schema/schema.ts'

export const maxArguments = 64
const maxArgument = 4_096
const maxCommand = 16_384

/** The access to a pod that a request asks for: to run one command, or any command, in one of its containers. */
export const ExecAccess = Type.Object(
  {
    pod: Type.Optional(
      text(253, {
        minLength: 1,
        description:
          'The name of the pod. A pod that is re-created under this name is another pod. ' +
          "Left out: a ready pod of the template's target.",
      }),
    ),
    container: Type.Optional(
      text(63, {
        minLength: 1,
        description:
          'The name of the container. ' +
          'Left out: the one that kubectl would take, by the annotation default-container, else the first.',
      }),
    ),
    command: Type.Optional(
      Type.Array(text(maxArgument), {
        minItems: 1,
        maxItems: maxArguments,
        description: 'The exact argv. Left out: any command. Approvers are shown that.',
        ...held({
          rule: `${celTotal('self')} <= ${maxCommand}`,
          message: `the command is longer than ${maxCommand} characters in all: put it into a file or a container image`,
        }),
      }),
    ),
    stdin: Type.Optional(Type.Boolean({ description: 'True if input may be sent (kubectl exec -i).' })),
    tty: Type.Optional(Type.Boolean({ description: 'True if a terminal may be opened (kubectl exec -t).' })),
    subresources: Type.Optional(
      Type.Array(words(podSubresources), {
        maxItems: podSubresources.length,
        'x-kubernetes-list-type': 'set',
        description:
          'Further subresources of the pod: attach to enter what runs in the container, ' +
          'portforward to reach any port of the pod, log to read the output.',
      }),
    ),
    waitForPod: Type.Optional(
      Type.Boolean({
        description:
          'True if the request waits for a pod that is still to come. Left out: the request fails if the pod is not there within 30 seconds, ' +
          'with its container started. They count from when Sallyport first looks.',
      }),
    ),
    debug: Type.Optional(
      Type.Boolean({
        description:
          'True if debug containers may be added beside the container (kubectl debug), as the template offers them. ' +
          'They may run any command.',
      }),
    ),
  },
  { description: 'Asks to run a command, or any command, in a container of a pod.' },
)

export type ExecAccess = Static<typeof ExecAccess>
export type PodSubresource = (typeof podSubresources)[number]
