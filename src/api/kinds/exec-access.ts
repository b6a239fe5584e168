import { Type, type Static } from 'typebox'
import { celTotal, held, text, words } from '../schema/schema.ts'

export const maxArguments = 64
const maxArgument = 4_096
const maxCommand = 16_384

/** What a request may add to exec. Whoever has one of them has all of it: ports and streams are invisible to admission. */
export const podSubresources = ['attach', 'portforward', 'log'] as const

/** What is asked of a pod: one command, or any, in one of its containers. */
export const ExecAccess = Type.Object({
  pod: Type.Optional(
    text(253, {
      minLength: 1,
      description:
        "The pod's name. A pod re-created under it is another pod. Left out: one that the template's target has ready.",
    }),
  ),
  container: Type.Optional(
    text(63, {
      minLength: 1,
      description: 'Left out: the one that kubectl would take, by its annotation default-container, else the first.',
    }),
  ),
  command: Type.Optional(
    Type.Array(text(maxArgument), {
      minItems: 1,
      maxItems: maxArguments,
      description: 'The exact argv. Left out: any command, and approvers are shown that.',
      ...held({
        rule: `${celTotal('self')} <= ${maxCommand}`,
        message: `the command is longer than ${maxCommand} characters in all: put it into a file or a container image`,
      }),
    }),
  ),
  stdin: Type.Optional(Type.Boolean({ description: 'Whether input may be sent (kubectl exec -i).' })),
  tty: Type.Optional(Type.Boolean({ description: 'Whether a terminal may be opened (kubectl exec -t).' })),
  subresources: Type.Optional(
    Type.Array(words(podSubresources), {
      maxItems: podSubresources.length,
      'x-kubernetes-list-type': 'set',
      description:
        'What else of the pod: attach to what runs in the container, portforward to any of its ports, log to read its output.',
    }),
  ),
  debug: Type.Optional(
    Type.Boolean({
      description:
        'Whether debug containers may be added beside the container (kubectl debug), as the template offers them. They run any command.',
    }),
  ),
})

export type ExecAccess = Static<typeof ExecAccess>
export type PodSubresource = (typeof podSubresources)[number]
