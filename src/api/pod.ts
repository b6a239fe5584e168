import { Type, type Static } from 'typebox'
import { Metadata } from './kinds/metadata.ts'

const Container = Type.Object({ name: Type.String(), image: Type.Optional(Type.String()) })
const ContainerStatus = Type.Object({
  name: Type.String(),
  imageID: Type.Optional(Type.String()),
  state: Type.Optional(Type.Object({ running: Type.Optional(Type.Object({})) })),
})

/** core/v1 Pod, as far as Sallyport reads it. */
export const Pod = Type.Object({
  metadata: Metadata,
  spec: Type.Object({
    nodeName: Type.Optional(Type.String()),
    serviceAccountName: Type.Optional(Type.String()),
    containers: Type.Array(Container),
    initContainers: Type.Optional(Type.Array(Container)),
    ephemeralContainers: Type.Optional(Type.Array(Container)),
  }),
  status: Type.Optional(
    Type.Object({
      containerStatuses: Type.Optional(Type.Array(ContainerStatus)),
      initContainerStatuses: Type.Optional(Type.Array(ContainerStatus)),
      ephemeralContainerStatuses: Type.Optional(Type.Array(ContainerStatus)),
    }),
  ),
})

export type Pod = Static<typeof Pod>
