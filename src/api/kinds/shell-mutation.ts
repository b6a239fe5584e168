import { Type, type Static, type TArray, type TString } from 'typebox'
import { anyObject, quantities, stringMap, text, words } from '../schema/schema.ts'
import { JsonPatch } from './json-patch.ts'

/** What a shell pod loses unless its template's author keeps it. */
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

/** What a shell pod has of its workload unless its template's author removes it. Labels always go. */
export const purgeable = ['annotations', 'nodeSelector', 'tolerations', 'affinity'] as const

const name = text(63, { minLength: 1 })

const EnvVar = Type.Object({
  name: text(256, { minLength: 1 }),
  value: Type.Optional(text(4_096)),
  valueFrom: Type.Optional(anyObject(1, { description: 'As EnvVarSource of core/v1.' })),
})

const Toleration = Type.Object({
  key: Type.Optional(text(316)),
  operator: Type.Optional(text(16)),
  value: Type.Optional(text(63)),
  effect: Type.Optional(text(32)),
  tolerationSeconds: Type.Optional(Type.Integer()),
})

const Resources = Type.Object({
  requests: Type.Optional(quantities(16)),
  limits: Type.Optional(quantities(16)),
})

function argv(description: string): TArray<TString> {
  return Type.Array(text(4_096), { maxItems: 64, description })
}

/**
 * How the pod differs from what it is cloned from, besides what every shell pod loses. In this order: what is dropped,
 * the fields here, what the request asks for, jsonPatch, and last what is Sallyport's own.
 */
export const ShellMutation = Type.Object({
  keep: Type.Optional(
    Type.Array(words(keepable), {
      maxItems: keepable.length,
      'x-kubernetes-list-type': 'set',
      description:
        'What is not to be dropped. Probes, lifecycle and hostPorts are those of all containers. Without ' +
        'serviceAccountName the pod runs as default, without automountServiceAccountToken it has no token.',
    }),
  ),
  purge: Type.Optional(
    Type.Array(words(purgeable), {
      maxItems: purgeable.length,
      'x-kubernetes-list-type': 'set',
      description: "What of the workload is to be dropped before this mutation's own is set.",
    }),
  ),
  labels: Type.Optional(
    stringMap(
      { maxProperties: 32, maxLength: 63 },
      { description: "Never one of the workload's own: a Service could select the pod." },
    ),
  ),
  annotations: Type.Optional(
    stringMap({ maxProperties: 32, maxLength: 4_096 }, { description: "Set over the workload's." }),
  ),
  nodeSelector: Type.Optional(
    stringMap({ maxProperties: 32, maxLength: 63 }, { description: "Set over the workload's." }),
  ),
  tolerations: Type.Optional(Type.Array(Toleration, { maxItems: 32, description: "Added to the workload's." })),
  affinity: Type.Optional(anyObject(3, { description: "As Affinity of core/v1, in place of the workload's." })),
  command: Type.Optional(argv("The shell's container's. The workload's args go with its command.")),
  args: Type.Optional(argv("The shell's container's.")),
  env: Type.Optional(
    Type.Array(EnvVar, {
      maxItems: 64,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      description: "The shell's container's: replaced by name, else added.",
    }),
  ),
  resources: Type.Optional(Resources),
  dropContainers: Type.Optional(
    Type.Array(name, {
      maxItems: 16,
      'x-kubernetes-list-type': 'set',
      description: 'Sidecars and init containers that the pod is to do without.',
    }),
  ),
  jsonPatch: Type.Optional(JsonPatch),
})

export type Keepable = (typeof keepable)[number]
export type Purgeable = (typeof purgeable)[number]
export type ShellMutation = Static<typeof ShellMutation>
