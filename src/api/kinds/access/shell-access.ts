import { Type, type Static } from 'typebox'
import { anyObject, held, quantity, text, words } from '../../schema/schema.ts'
import { ShellMutation } from './shell-mutation.ts'
import { WorkloadRef } from '../workload-ref.ts'

/** The resources that a request may ask for, and that a template may limit. */
export const shellResources = ['cpu', 'memory', 'ephemeral-storage'] as const

const amounts = {
  cpu: Type.Optional(quantity({ description: 'The amount of CPU, such as 500m.' })),
  memory: Type.Optional(quantity({ description: 'The amount of memory, such as 512Mi.' })),
  'ephemeral-storage': Type.Optional(quantity({ description: 'The amount of local storage, such as 1Gi.' })),
} satisfies Record<ShellResource, unknown>

/** The shell pod that a template offers: a pod of the requestor's own, made after a pod template. */
export const ShellAccess = Type.Object(
  {
    from: Type.Optional(
      Type.Object(WorkloadRef.properties, {
        description:
          'The workload, or one plain Pod, in the namespace of the request. ' +
          'The shell pod is made after its pod template.',
      }),
    ),
    podTemplate: Type.Optional(
      anyObject(2, {
        description:
          'A PodTemplateSpec of core/v1: metadata (labels, annotations) and spec. ' +
          'Sallyport treats it like that of a workload: it drops the fields that mutate.keep could list and does not.',
      }),
    ),
    container: Type.Optional(
      text(63, {
        minLength: 1,
        description:
          'The container to enter. Left out: the one that the annotation ' +
          'kubectl.kubernetes.io/default-container names, else the first.',
      }),
    ),
    mutate: Type.Optional(ShellMutation),
    limits: Type.Optional(
      Type.Object(amounts, {
        description:
          'The largest amounts that a request may ask for. It may not ask for a resource that is not listed here.',
      }),
    ),
    replace: Type.Optional(
      words(['Never', 'OnFailure'], {
        description:
          'OnFailure: a pod that failed, was evicted or was deleted gets a successor for the time that is left. ' +
          'Never, or left out: the access ends with its pod.',
      }),
    ),
  },
  {
    description: "Offers a shell pod: a pod of the requestor's own, made after a pod template.",
    ...held({
      rule: 'has(self.from) != has(self.podTemplate)',
      message: 'exactly one of from and podTemplate must be there',
    }),
  },
)

/** The shell pod that a request asks for, with amounts up to the template's limits for the container that it enters. */
export const ShellAsk = Type.Object(
  {
    resources: Type.Optional(
      Type.Object(amounts, {
        description:
          'The amounts for the container that the requestor enters, up to the limits of the template. ' +
          'Each is set both as request and as limit.',
      }),
    ),
  },
  { description: 'Asks for the shell pod that the template offers.' },
)

export type ShellResource = (typeof shellResources)[number]
export type ShellAccess = Static<typeof ShellAccess>
export type ShellAsk = Static<typeof ShellAsk>
