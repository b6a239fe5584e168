import { Type, type Static } from 'typebox'
import { held, microTime, text, words } from '../schema/schema.ts'
import { Conditions } from './condition.ts'
import { GrantRef } from './references.ts'
import { Binding, maxBound } from './access/role-access.ts'
import { TaskResult } from './access/task-result.ts'

/** The largest number of approvals that an access rests on. Status and pass have room for no more. */
export const maxApprovals = 32

/** The final phases: a request in one of them has ended for good. */
export const finalPhases = ['Expired', 'Completed', 'Denied', 'Revoked', 'Failed'] as const

const phases = ['Pending', 'Scheduled', 'Approved', 'Active', ...finalPhases] as const

/** The workload of a template that the pod belonged to when it was chosen. */
const UsedWorkload = Type.Object(
  {
    kind: text(63, { description: 'The kind of the workload.' }),
    name: text(253, { description: 'The name of the workload.' }),
    uid: text(64, { description: 'The uid of the workload.' }),
  },
  { description: 'The workload of the template that the pod belonged to when it was chosen.' },
)

/** The pod that the name stood for when the controller looked. The access is for that pod and that image only. */
export const Target = Type.Object(
  {
    pod: text(253, { description: 'The name of the pod.' }),
    podUID: Type.Optional(text(64, { description: 'The uid of the pod. Absent until a shell pod is made.' })),
    container: text(63, { description: 'The name of the container that may be entered.' }),
    image: text(4096, { description: 'The image of the container, as the pod names it.' }),
    imageID: Type.Optional(
      text(4096, { description: 'The image as the node resolved it. Absent until the container has started.' }),
    ),
    containerID: Type.Optional(
      text(256, {
        description:
          'The id of the container that ran then. While this container runs, its image is the approved one, ' +
          'whatever the node calls the image.',
      }),
    ),
    node: Type.Optional(text(253, { description: 'The name of the node that the pod runs on.' })),
    serviceAccount: Type.Optional(
      text(253, { description: 'The service account as which programs in the pod call the API server.' }),
    ),
    workload: Type.Optional(UsedWorkload),
    evictAtEnd: Type.Optional(Type.Boolean({ description: 'True if the pod is evicted when the access ends.' })),
    podDigest: Type.Optional(
      text(64, {
        description: 'SHA-256 of the shell pod as it will be made, so that nobody can swap what was approved.',
      }),
    ),
    admittedDigest: Type.Optional(
      text(64, {
        description:
          "SHA-256 of that pod after the cluster's own admission has changed it, as a dry run showed. " +
          'Absent if no dry run could show it.',
      }),
    ),
  },
  { description: 'The pod, container and image that the access is for. They were fixed when the controller looked.' },
)

const Approval = Type.Object({
  ...GrantRef.properties,
  grantedBy: text(512, { description: 'The username of the approver.' }),
})

const ProvidedResource = Type.Object({
  apiVersion: text(317, { description: 'The apiVersion of the object.' }),
  kind: text(63, { description: 'The kind of the object.' }),
  namespace: Type.Optional(text(63, { description: 'The namespace of the object. Absent for a cluster-wide object.' })),
  name: text(253, { description: 'The name of the object.' }),
  uid: Type.Optional(text(64, { description: 'The uid of the object.' })),
})

/** The template as it was when the request was taken up. If the template changes, the access ends. */
const UsedTemplate = Type.Object(
  {
    uid: text(64, { description: 'The uid of the template.' }),
    generation: Type.Integer({ minimum: 1, description: 'The generation of the template.' }),
  },
  { description: 'The template as it was when the request was taken up. If the template changes, the access ends.' },
)

/** The status of a request. Only the controller writes it. */
export const AccessRequestStatus = Type.Object(
  {
    phase: Type.Optional(
      words(phases, { description: `The phase of the request. ${finalPhases.join(', ')} are final.` }),
    ),
    summary: Type.Optional(
      text(256, {
        description:
          'Says in one line what runs: `exec web-0/app: cat /etc/hostname`. A long command is cut, and ends in `…`.',
      }),
    ),
    duration: Type.Optional(
      text(64, {
        description: 'How long the access lasts. The request or its template says so, or an approver who shortens it.',
      }),
    ),
    awaits: Type.Optional(
      text(256, {
        description: 'Who or what is still missing, in a few words: `2 of sre`, `ticket-check`, `opens Mon 09:00`.',
      }),
    ),
    message: Type.Optional(
      text(4096, { description: 'One sentence for people. It says what happened, or what the request waits for.' }),
    ),
    conditions: Type.Optional(Conditions),
    observedGeneration: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The generation of the request that this status is about.' }),
    ),
    template: Type.Optional(UsedTemplate),
    target: Type.Optional(Target),
    bindings: Type.Optional(
      Type.Array(Binding, {
        maxItems: maxBound,
        description: 'The roles that the request gives, each with the place where it is bound.',
      }),
    ),
    task: Type.Optional(TaskResult),
    digest: Type.Optional(
      text(64, {
        pattern: '^[0-9a-f]{64}$',
        description:
          "SHA-256 of the request's uid, whole spec, template, and target or bindings. " +
          'An approver approves exactly these.',
      }),
    ),
    shortDigest: Type.Optional(
      text(12, {
        pattern: '^[0-9a-f]{12}$',
        description: 'The first 12 characters of digest: enough for a grant, and short enough for a table.',
      }),
    ),
    approvals: Type.Optional(
      Type.Array(Approval, { maxItems: maxApprovals, description: 'The approvals that the access rests on.' }),
    ),
    approvedAt: Type.Optional(microTime({ description: 'The time at which the request was approved.' })),
    expiresAt: Type.Optional(
      microTime({
        description: 'The time at which the access ends. It is written once, at approval, and never computed again.',
      }),
    ),
    resources: Type.Optional(
      Type.Array(ProvidedResource, {
        maxItems: 64,
        description: 'The objects that the controller made for this access.',
      }),
    ),
    accessMessage: Type.Optional(
      text(4096, { description: 'Says what to type to use the access. It is there once the access is ready.' }),
    ),
    finishedAt: Type.Optional(microTime({ description: 'The time at which the request ended.' })),
  },
  {
    description: 'The state of the request. Only Sallyport writes it.',
    ...held(
      {
        // A print column cannot cut a string, so the short form is a field. This rule keeps it the beginning of digest.
        rule: 'has(self.digest) == has(self.shortDigest) && (!has(self.digest) || self.digest.startsWith(self.shortDigest))',
        message: 'shortDigest must be there with digest, and be its first 12 characters',
      },
      {
        rule: '!has(oldSelf.expiresAt) || (has(self.expiresAt) && self.expiresAt == oldSelf.expiresAt)',
        message: 'expiresAt is written once',
      },
    ),
  },
)

export type Phase = (typeof phases)[number]
export type UsedWorkload = Static<typeof UsedWorkload>
export type UsedTemplate = Static<typeof UsedTemplate>
export type Target = Static<typeof Target>
export type AccessRequestStatus = Static<typeof AccessRequestStatus>
