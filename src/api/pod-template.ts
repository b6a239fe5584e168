import { Type, type Static, type TSchema } from 'typebox'
import { schemaCheck } from './schema/schema-check.ts'

// All other fields of an object are kept, and read with care. The API server knows them; this file knows only those
// that are changed.
interface OpenFields {
  readonly [field: string]: unknown
}

function open<S extends TSchema>(schema: S): ReturnType<typeof Type.Unsafe<Static<S> & OpenFields>> {
  return Type.Unsafe<Static<S> & OpenFields>(schema)
}

const stringMap = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  additionalProperties: { type: 'string' },
})

const NamedItems = Type.Array(open(Type.Object({ name: Type.String() })))

/** A Container of core/v1, as far as a shell pod changes it. */
const Container = open(
  Type.Object({
    name: Type.String(),
    image: Type.Optional(Type.String()),
    env: Type.Optional(NamedItems),
    ports: Type.Optional(Type.Array(open(Type.Object({})))),
    volumeMounts: Type.Optional(NamedItems),
    volumeDevices: Type.Optional(NamedItems),
  }),
)

/** A PodTemplateSpec of core/v1. It is a workload's, or the author of a template has written it. */
export const PodTemplate = open(
  Type.Object({
    metadata: Type.Optional(
      open(Type.Object({ labels: Type.Optional(stringMap), annotations: Type.Optional(stringMap) })),
    ),
    spec: open(
      Type.Object({
        containers: Type.Array(Container, { minItems: 1 }),
        initContainers: Type.Optional(Type.Array(Container)),
        volumes: Type.Optional(NamedItems),
        nodeSelector: Type.Optional(stringMap),
        tolerations: Type.Optional(Type.Array(open(Type.Object({})))),
        serviceAccountName: Type.Optional(Type.String()),
        serviceAccount: Type.Optional(Type.String()),
      }),
    ),
  }),
)

export const checkPodTemplate = schemaCheck(PodTemplate, 'template')

export type PodTemplate = Static<typeof PodTemplate>
export type PodSpec = PodTemplate['spec']
export type Container = Static<typeof Container>
