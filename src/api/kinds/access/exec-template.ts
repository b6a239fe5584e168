import { Type, type Static } from 'typebox'
import { celTotal, held, text, userId, words } from '../../schema/schema.ts'
import { holes } from '../../hole.ts'
import { podSubresources } from '../../review/subresource.ts'
import { WorkloadRef } from '../workload-ref.ts'

const maxCommands = 16
const maxWords = 64
const maxCharacters = 16_384

const Command = Type.Array(text(4_096), { minItems: 1, maxItems: maxWords })

const standsInCommand = {
  rule: `!has(self.holes) || (has(self.commands) && self.holes.all(hole, self.commands.exists(command, ('<' + hole.name + '>') in command)))`,
  message: 'each hole must stand in a command: as the word <NAME>',
}

/**
 * The access that a template offers to the pods of a workload: containers, commands, subresources and debug containers.
 */
export const ExecTemplate = Type.Object(
  {
    target: Type.Object(WorkloadRef.properties, {
      description: 'The workload, or one plain Pod, in the namespace of the request. Its pods may be entered.',
    }),
    containers: Type.Optional(
      Type.Array(text(63, { minLength: 1 }), {
        minItems: 1,
        maxItems: 16,
        description: 'The containers that a request may name. Left out: any container of the pod.',
      }),
    ),
    commands: Type.Optional(
      Type.Array(Command, {
        minItems: 1,
        maxItems: maxCommands,
        description:
          'The commands that a request may ask for, each as its exact argv. Left out: any command. ' +
          'The word `<NAME>` stands for any word that the hole NAME allows.',
        ...held({
          rule: `self.map(command, ${celTotal('command')}).sum() <= ${maxCharacters}`,
          message: `the commands are longer than ${maxCharacters} characters in all: put them into files or the image`,
        }),
      }),
    ),
    holes: Type.Optional(
      holes(
        'The holes of the commands: words that a request fills. Each stands in a command, at most once in each. ' +
          'If there are holes, a word such as `<path>` must name one of them.',
      ),
    ),
    subresources: Type.Optional(
      Type.Array(words(podSubresources), {
        maxItems: podSubresources.length,
        'x-kubernetes-list-type': 'set',
        description: 'Further subresources of the pod. A request gets all of them unless it names some.',
      }),
    ),
    onExpiry: Type.Optional(
      Type.Object(
        {
          evict: Type.Boolean({
            description:
              'True if the pod is evicted when an access to it expires or is ended early. ' +
              'Otherwise open sessions go on. ' +
              'An eviction ends the sessions of everybody.',
          }),
        },
        { description: 'Says what happens to the pod when an access to it ends.' },
      ),
    ),
    debug: Type.Optional(
      Type.Object(
        {
          images: Type.Array(text(4_096, { minLength: 1 }), {
            minItems: 1,
            maxItems: 16,
            description: 'The images of debug containers, exactly as kubectl debug --image names them.',
          }),
          capabilities: Type.Optional(
            Type.Array(text(63, { minLength: 1 }), {
              maxItems: 16,
              description:
                'The Linux capabilities that may be added. ' +
                'Only some authors may offer those that reach beyond the pod.',
            }),
          ),
          runAsUser: Type.Optional(
            userId(
              'The id of the user that a debug container may run as. ' +
                'kubectl debug --custom or a policy of the cluster can set it.',
            ),
          ),
          runAsGroup: Type.Optional(userId('The id of the group that a debug container may run as.')),
        },
        {
          description:
            'The debug containers that a requestor may add (kubectl debug) and attach to, ' +
            'if the request asks for exec.debug.',
        },
      ),
    ),
  },
  {
    description: 'Offers access to the pods of a workload: which containers, commands and subresources.',
    ...held(standsInCommand),
  },
)

export type ExecTemplate = Static<typeof ExecTemplate>
