import { Type, type Static } from 'typebox'
import { text } from '../schema/schema.ts'

/**
 * A workload, or one plain Pod, in the namespace of the request. Which kinds there are is for the gate to say: the
 * built-in ones, and those of `workloads` in the config.
 */
export const WorkloadRef = Type.Object({
  kind: text(63, {
    minLength: 1,
    description: 'Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, Pod, or a kind of the config.',
  }),
  group: Type.Optional(text(253, { description: 'API group. Left out: that of the built-in kind.' })),
  name: text(253, { minLength: 1 }),
})

export type WorkloadRef = Static<typeof WorkloadRef>
