import { Type, type Static, type TArray, type TString } from 'typebox'
import { anyObject, quantities, stringMap, text, words } from '../../schema/schema.ts'
import { JsonPatch } from '../json-patch.ts'

/** The fields that a shell pod loses unless the author of its template keeps them. */
export const keepable = [
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'topologySpreadConstraints',
  'hostPorts',
  'hostname',
  'subdomain',
  'readinessGates',
  'priorityClassName',
  'serviceAccountName',
  'automountServiceAccountToken',
] as const

/**
 * The fields that a shell pod has from its workload unless the author of its template removes them. Labels always go.
 */
export const purgeable = ['annotations', 'nodeSelector', 'tolerations', 'affinity'] as const

const name = text(63, { minLength: 1 })

const EnvVar = Type.Object({
  name: text(256, { minLength: 1, description: 'The name of the variable.' }),
  value: Type.Optional(text(4_096, { description: 'The value of the variable.' })),
  valueFrom: Type.Optional(anyObject(1, { description: 'The source of the value, an EnvVarSource of core/v1.' })),
})

const Toleration = Type.Object({
  key: Type.Optional(text(316, { description: 'The key of the taint.' })),
  operator: Type.Optional(text(16, { description: 'The operator between key and value, such as Exists or Equal.' })),
  value: Type.Optional(text(63, { description: 'The value of the taint.' })),
  effect: Type.Optional(text(32, { description: 'The effect of the taint. Left out: all effects.' })),
  tolerationSeconds: Type.Optional(
    Type.Integer({ description: 'The seconds for which the pod tolerates a taint of effect NoExecute.' }),
  ),
})

const Resources = Type.Object(
  {
    requests: Type.Optional(quantities(16, { description: 'The amounts that the container requests.' })),
    limits: Type.Optional(quantities(16, { description: 'The amounts that the container may use at most.' })),
  },
  { description: 'Replaces the resources of the shell container.' },
)

function argv(description: string): TArray<TString> {
  return Type.Array(text(4_096), { maxItems: 64, description })
}

/**
 * The changes that make a shell pod from a pod template, besides the fields that every shell pod loses. They come in
 * this order: dropped fields, the fields here, the amounts of the request, and jsonPatch. Last, Sallyport sets its own
 * fields.
 */
export const ShellMutation = Type.Object(
  {
    keep: Type.Optional(
      Type.Array(words(keepable), {
        maxItems: keepable.length,
        'x-kubernetes-list-type': 'set',
        description:
          'The fields that are not dropped. Probes, lifecycle and hostPorts are kept for all containers. ' +
          'Without serviceAccountName the pod runs as default. Without automountServiceAccountToken it has no token.',
      }),
    ),
    purge: Type.Optional(
      Type.Array(words(purgeable), {
        maxItems: purgeable.length,
        'x-kubernetes-list-type': 'set',
        description: 'The fields of the workload that are dropped before the fields here are set.',
      }),
    ),
    labels: Type.Optional(
      stringMap(
        { maxProperties: 32, maxLength: 63 },
        {
          description:
            'The labels of the pod. None may be a label of the workload, since a Service could select the pod by it.',
        },
      ),
    ),
    annotations: Type.Optional(
      stringMap(
        { maxProperties: 32, maxLength: 4_096 },
        { description: 'Annotations that are set over those of the workload.' },
      ),
    ),
    nodeSelector: Type.Optional(
      stringMap(
        { maxProperties: 32, maxLength: 63 },
        { description: 'Labels of nodes that are set over those of the workload.' },
      ),
    ),
    tolerations: Type.Optional(
      Type.Array(Toleration, { maxItems: 32, description: 'Tolerations that are added to those of the workload.' }),
    ),
    affinity: Type.Optional(anyObject(3, { description: 'An Affinity of core/v1. It replaces that of the workload.' })),
    command: Type.Optional(
      argv('Replaces the command of the shell container. The args of the workload are then dropped, too.'),
    ),
    args: Type.Optional(argv('Replaces the args of the shell container.')),
    env: Type.Optional(
      Type.Array(EnvVar, {
        maxItems: 64,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        description:
          'Environment variables of the shell container. One of the same name is replaced, others are added.',
      }),
    ),
    resources: Type.Optional(Resources),
    dropContainers: Type.Optional(
      Type.Array(name, {
        maxItems: 16,
        'x-kubernetes-list-type': 'set',
        description: 'The sidecars and init containers that the pod does without.',
      }),
    ),
    jsonPatch: Type.Optional(JsonPatch),
  },
  { description: 'Says how the shell pod differs from the pod template that it is made after.' },
)

export type Keepable = (typeof keepable)[number]
export type Purgeable = (typeof purgeable)[number]
export type ShellMutation = Static<typeof ShellMutation>
