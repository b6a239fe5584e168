import { Type, type Static } from 'typebox'
import { text } from '../schema/schema.ts'

/**
 * A reference to a workload, or to one plain Pod, in the namespace of the request. The schema takes any kind. The gate
 * knows the built-in kinds, and those of `workloads` in the config.
 */
export const WorkloadRef = Type.Object({
  kind: text(63, {
    minLength: 1,
    description:
      'The kind: Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, Pod, or a kind that the config lists.',
  }),
  group: Type.Optional(text(253, { description: 'The API group. Left out: the group of the built-in kind.' })),
  name: text(253, { minLength: 1, description: 'The name of the workload.' }),
})

export type WorkloadRef = Static<typeof WorkloadRef>
