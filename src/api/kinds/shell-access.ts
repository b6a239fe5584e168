import { Type, type Static } from 'typebox'
import { anyObject, held, quantity, text, words } from '../schema/schema.ts'
import { ShellMutation } from './shell-mutation.ts'
import { WorkloadRef } from './workload-ref.ts'

/** What a request may ask for, and a template allow. */
export const shellResources = ['cpu', 'memory', 'ephemeral-storage'] as const

const amounts = {
  cpu: Type.Optional(quantity()),
  memory: Type.Optional(quantity()),
  'ephemeral-storage': Type.Optional(quantity()),
} satisfies Record<ShellResource, unknown>

/** What a template offers: a pod of one's own, made after a workload's. */
export const ShellAccess = Type.Object(
  {
    from: Type.Optional(WorkloadRef),
    podTemplate: Type.Optional(
      anyObject(2, {
        description:
          'As PodTemplateSpec of core/v1: metadata (labels, annotations) and spec. It is treated as that of a workload: what is not kept is dropped.',
      }),
    ),
    container: Type.Optional(
      text(63, {
        minLength: 1,
        description:
          'The one to enter. Left out: that of the annotation kubectl.kubernetes.io/default-container, or the first.',
      }),
    ),
    mutate: Type.Optional(ShellMutation),
    limits: Type.Optional(
      Type.Object(amounts, { description: 'What a request may ask for at most. What is not here it may not ask for.' }),
    ),
    replace: Type.Optional(
      words(['Never', 'OnFailure'], {
        description: 'Whether a pod that failed, was evicted or deleted gets a successor for the time that is left.',
      }),
    ),
  },
  held({
    rule: 'has(self.from) != has(self.podTemplate)',
    message: 'exactly one of from and podTemplate must be there',
  }),
)

/** What a request asks of it: amounts up to the template's limits, for the container that it enters. */
export const ShellAsk = Type.Object({
  resources: Type.Optional(Type.Object(amounts, { description: 'Requests and limits alike.' })),
})

export type ShellResource = (typeof shellResources)[number]
export type ShellAccess = Static<typeof ShellAccess>
export type ShellAsk = Static<typeof ShellAsk>
