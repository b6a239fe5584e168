import { Type, type Static } from 'typebox'
import { held, microTime, text, words } from '../schema/schema.ts'
import { Conditions } from './condition.ts'
import { GrantRef } from './references.ts'
import { Binding, maxBound } from './role-access.ts'

/** On which an access rests: status and pass have room for so many. */
export const maxApprovals = 32

/** A request in one of these has ended for good. */
export const finalPhases = ['Expired', 'Completed', 'Denied', 'Revoked', 'Failed'] as const

const phases = ['Pending', 'Scheduled', 'Approved', 'Active', ...finalPhases] as const

/** The workload of a template that the pod belonged to when it was chosen. */
const UsedWorkload = Type.Object({ kind: text(63), name: text(253), uid: text(64) })

/** What the pod's name stood for when the controller looked: that pod and that image, no other. */
export const Target = Type.Object({
  pod: text(253),
  podUID: Type.Optional(text(64, { description: 'Absent while a shell pod is not made yet.' })),
  container: text(63),
  image: text(4096, { description: 'As the pod names it.' }),
  imageID: Type.Optional(
    text(4096, { description: 'As the node resolved it; absent until the container has started.' }),
  ),
  containerID: Type.Optional(
    text(256, {
      description: 'The container that ran then. While it runs, nothing else can, whatever its node calls the image.',
    }),
  ),
  node: Type.Optional(text(253)),
  serviceAccount: Type.Optional(
    text(253, { description: 'The service account as which programs in the pod call the API server.' }),
  ),
  workload: Type.Optional(UsedWorkload),
  evictAtEnd: Type.Optional(Type.Boolean({ description: 'The pod is evicted when the access ends.' })),
  podDigest: Type.Optional(
    text(64, { description: 'SHA-256 of the shell pod as it will be made: nobody can swap what was approved.' }),
  ),
  admittedDigest: Type.Optional(
    text(64, {
      description:
        "SHA-256 of what the cluster's own admission makes of that pod, as a dry run showed; absent where none could.",
    }),
  ),
})

const Approval = Type.Object({
  ...GrantRef.properties,
  grantedBy: text(512, { description: "The approver's username." }),
})

const ProvidedResource = Type.Object({
  apiVersion: text(317),
  kind: text(63),
  namespace: Type.Optional(text(63)),
  name: text(253),
  uid: Type.Optional(text(64)),
})

/** The template as it was when the request was taken up: one that changes ends the access. */
const UsedTemplate = Type.Object({ uid: text(64), generation: Type.Integer({ minimum: 1 }) })

/** Written by the controller alone. */
export const AccessRequestStatus = Type.Object(
  {
    phase: Type.Optional(words(phases)),
    summary: Type.Optional(
      text(256, {
        description:
          'What runs, in one line: `exec web-0/app: cat /etc/hostname`. A long command is cut, and ends in `…`.',
      }),
    ),
    duration: Type.Optional(
      text(64, {
        description:
          'How long the access lasts: as the request or its template says, or shorter if an approver said so.',
      }),
    ),
    awaits: Type.Optional(
      text(256, {
        description: 'Who or what is still missing, in a few words: `2 of sre`, `ticket-check`, `opens Mon 09:00`.',
      }),
    ),
    message: Type.Optional(text(4096, { description: 'One sentence for people: what happened or what is awaited.' })),
    conditions: Type.Optional(Conditions),
    observedGeneration: Type.Optional(Type.Integer({ minimum: 0 })),
    template: Type.Optional(UsedTemplate),
    target: Type.Optional(Target),
    bindings: Type.Optional(
      Type.Array(Binding, { maxItems: maxBound, description: 'What a request for roles gives: each role, and where.' }),
    ),
    digest: Type.Optional(
      text(64, {
        pattern: '^[0-9a-f]{64}$',
        description:
          "SHA-256 of the request's uid, whole spec, template, and target or bindings: what an approver approves.",
      }),
    ),
    shortDigest: Type.Optional(
      text(12, {
        pattern: '^[0-9a-f]{12}$',
        description: 'How digest begins: enough for a grant, and fit for a table.',
      }),
    ),
    approvals: Type.Optional(Type.Array(Approval, { maxItems: maxApprovals })),
    approvedAt: Type.Optional(microTime()),
    expiresAt: Type.Optional(microTime({ description: 'Written once, at approval; never computed anew.' })),
    resources: Type.Optional(
      Type.Array(ProvidedResource, { maxItems: 64, description: 'What the controller made for this access.' }),
    ),
    accessMessage: Type.Optional(text(4096, { description: 'What to type, once the access is ready.' })),
    finishedAt: Type.Optional(microTime()),
  },
  held(
    {
      // A print column cannot cut a string, so the short form is a field; it must not be able to say something else.
      rule: 'has(self.digest) == has(self.shortDigest) && (!has(self.digest) || self.digest.startsWith(self.shortDigest))',
      message: 'shortDigest must be there with digest, and be its first 12 characters',
    },
    {
      rule: '!has(oldSelf.expiresAt) || (has(self.expiresAt) && self.expiresAt == oldSelf.expiresAt)',
      message: 'expiresAt is written once',
    },
  ),
)

export type Phase = (typeof phases)[number]
export type UsedWorkload = Static<typeof UsedWorkload>
export type UsedTemplate = Static<typeof UsedTemplate>
export type Target = Static<typeof Target>
export type AccessRequestStatus = Static<typeof AccessRequestStatus>
