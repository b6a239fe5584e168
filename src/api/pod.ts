import { Type, type Static } from 'typebox'
import { Metadata } from './kinds/metadata.ts'

/** A rule that restarts a container in spite of its restart policy: KEP-5307, KEP-5532. */
const RestartRule = Type.Object({
  action: Type.String(),
  exitCodes: Type.Optional(Type.Object({ operator: Type.String(), values: Type.Optional(Type.Array(Type.Integer())) })),
})

const Container = Type.Object({
  name: Type.String(),
  image: Type.Optional(Type.String()),
  restartPolicy: Type.Optional(Type.String()),
  restartPolicyRules: Type.Optional(Type.Array(RestartRule)),
})

const Terminated = Type.Object({
  exitCode: Type.Integer(),
  reason: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  finishedAt: Type.Optional(Type.String()),
})

const ContainerStatus = Type.Object({
  name: Type.String(),
  imageID: Type.Optional(Type.String()),
  containerID: Type.Optional(Type.String()),
  state: Type.Optional(
    Type.Object({
      running: Type.Optional(Type.Object({})),
      waiting: Type.Optional(
        Type.Object({ reason: Type.Optional(Type.String()), message: Type.Optional(Type.String()) }),
      ),
      terminated: Type.Optional(Terminated),
    }),
  ),
  lastState: Type.Optional(Type.Object({ terminated: Type.Optional(Terminated) })),
})

const Condition = Type.Object({
  type: Type.String(),
  status: Type.String(),
  reason: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
})

/** A Pod of core/v1, as far as Sallyport reads it. */
export const Pod = Type.Object({
  metadata: Metadata,
  spec: Type.Object({
    nodeName: Type.Optional(Type.String()),
    activeDeadlineSeconds: Type.Optional(Type.Integer()),
    serviceAccountName: Type.Optional(Type.String()),
    restartPolicy: Type.Optional(Type.String()),
    hostNetwork: Type.Optional(Type.Boolean()),
    hostPID: Type.Optional(Type.Boolean()),
    hostIPC: Type.Optional(Type.Boolean()),
    containers: Type.Array(Container),
    initContainers: Type.Optional(Type.Array(Container)),
    ephemeralContainers: Type.Optional(Type.Array(Container)),
  }),
  status: Type.Optional(
    Type.Object({
      phase: Type.Optional(Type.String()),
      reason: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
      startTime: Type.Optional(Type.String()),
      conditions: Type.Optional(Type.Array(Condition)),
      containerStatuses: Type.Optional(Type.Array(ContainerStatus)),
      initContainerStatuses: Type.Optional(Type.Array(ContainerStatus)),
      ephemeralContainerStatuses: Type.Optional(Type.Array(ContainerStatus)),
    }),
  ),
})

export type Pod = Static<typeof Pod>
