import { Type, type Static } from 'typebox'
import { text } from '../../schema/schema.ts'

/** The most of an output that the status holds, in characters. */
export const maxTail = 1_024

/** The most of an output that is read, in bytes. */
export const maxOutput = 1_048_576

/** The result of a task that has ended. */
export const TaskResult = Type.Object(
  {
    container: text(63, { description: 'The name of the ephemeral container that ran the task.' }),
    exitCode: Type.Integer({
      description: 'The exit code of the task. 124 or 137: it was ended at its deadline.',
    }),
    finishedAt: Type.Optional(text(64, { description: 'The time at which the task ended, by the clock of its node.' })),
    output: Type.Optional(
      text(maxTail, {
        description: 'The end of the output that was read. Characters that a terminal would obey are escaped.',
      }),
    ),
    outputBytes: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The bytes of output that Sallyport has read: at most 1 MiB.' }),
    ),
    outputSHA256: Type.Optional(
      text(64, { pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of these bytes, so that a copy can be compared.' }),
    ),
    outputProblem: Type.Optional(
      text(1_024, { description: 'Says why the output could not be read, in the words of the API server.' }),
    ),
  },
  { description: 'The result of a task that has ended.' },
)

export type TaskResult = Static<typeof TaskResult>

/** True if the status holds the output of a task byte for byte. It has only the end of a long one. */
export function hasWholeOutput({ output, outputBytes }: TaskResult): boolean {
  return output !== undefined && new TextEncoder().encode(output).length === outputBytes
}
