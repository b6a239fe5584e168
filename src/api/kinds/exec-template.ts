import { Type, type Static } from 'typebox'
import { celTotal, held, text, words } from '../schema/schema.ts'
import { podSubresources } from './exec-access.ts'
import { WorkloadRef } from './workload-ref.ts'

const maxCommands = 16
const maxWords = 64
const maxCharacters = 16_384

// The largest of Linux, which the API server allows.
const maxId = 2 ** 31 - 1

function id(description: string): Type.TInteger {
  return Type.Integer({ minimum: 0, maximum: maxId, description })
}

const Command = Type.Array(text(4_096), { minItems: 1, maxItems: maxWords })

/** What a template offers of the pods of a workload: which containers, commands and subresources, and debug containers. */
export const ExecTemplate = Type.Object({
  target: WorkloadRef,
  containers: Type.Optional(
    Type.Array(text(63, { minLength: 1 }), { minItems: 1, maxItems: 16, description: 'Left out: any of the pod.' }),
  ),
  commands: Type.Optional(
    Type.Array(Command, {
      minItems: 1,
      maxItems: maxCommands,
      description: 'Each the exact argv. Left out: any command.',
      ...held({
        rule: `self.map(command, ${celTotal('command')}).sum() <= ${maxCharacters}`,
        message: `the commands are longer than ${maxCharacters} characters in all: put them into files or the image`,
      }),
    }),
  ),
  subresources: Type.Optional(
    Type.Array(words(podSubresources), {
      maxItems: podSubresources.length,
      'x-kubernetes-list-type': 'set',
      description: 'What else of the pod. A request gets all of them unless it names some.',
    }),
  ),
  onExpiry: Type.Optional(
    Type.Object(
      {
        evict: Type.Boolean({
          description:
            'Whether the pod is evicted when an access to it has expired or was ended: sessions that are open go on otherwise. ' +
            'It ends those of everybody.',
        }),
      },
      { description: 'What becomes of the pod when an access to it ends.' },
    ),
  ),
  debug: Type.Optional(
    Type.Object(
      {
        images: Type.Array(text(4_096, { minLength: 1 }), {
          minItems: 1,
          maxItems: 16,
          description: 'Exactly as kubectl debug --image names them.',
        }),
        capabilities: Type.Optional(
          Type.Array(text(63, { minLength: 1 }), {
            maxItems: 16,
            description:
              'Linux capabilities that may be added; only some authors may offer those that reach beyond the pod.',
          }),
        ),
        runAsUser: Type.Optional(
          id(
            'The user that a debug container may be set to run as, by kubectl debug --custom or by a policy of the cluster.',
          ),
        ),
        runAsGroup: Type.Optional(id('The group that a debug container may be set to run as.')),
      },
      {
        description:
          'Debug containers that a requestor who asks for exec.debug may add (kubectl debug), and attach to.',
      },
    ),
  ),
})

export type ExecTemplate = Static<typeof ExecTemplate>
