import { Type, type TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { installation, lastAnswersSeconds } from '../../src/api/installation.ts'
import { ConfigFile } from '../../src/api/config/config.ts'
import { words } from '../../src/api/schema/schema.ts'
import { deployment } from '../../src/install/deployed/deployment.ts'
import { plainSchema, type Schema } from '../docs/schema-rows.ts'

type Fields = Readonly<Record<string, unknown>>

const fields = Type.Unsafe<Fields>({ type: 'object' })
const podSpecSchema = Type.Intersect([fields, Type.Object({ containers: Type.Array(fields) })])
const Deployed = Type.Object({ spec: Type.Object({ template: Type.Object({ spec: podSpecSchema }) }) })

const closed = { additionalProperties: false }
const { podSpec, container } = defaults()

/** Returns the fields of the Deployment, which are the defaults of values. */
function defaults(): { readonly podSpec: Fields; readonly container: Fields } {
  const { spec } = Value.Parse(Deployed, deployment({ version: '' }))
  const [first] = spec.template.spec.containers
  if (!first) throw new Error('the Deployment has no container')
  return { podSpec: spec.template.spec, container: first }
}

/** The schema of a Kubernetes object of any form. The API server checks its fields. */
function kubernetes(type: 'object' | 'array', byDefault: unknown, description: string): TSchema {
  return Type.Unsafe({ type, ...(type === 'array' && { items: { type: 'object' } }), default: byDefault, description })
}

const image = Type.Object(
  {
    repository: Type.String({ minLength: 1, default: 'sallyport', description: 'The repository, with its registry.' }),
    tag: Type.String({ default: '', description: 'The tag. Empty: the version of the chart.' }),
    digest: Type.String({
      pattern: '^(sha256:[0-9a-f]{64})?$',
      default: '',
      description: 'The digest, such as sha256:1f8c…. It takes the place of the tag.',
    }),
    pullPolicy: words(['IfNotPresent', 'Always', 'Never'], {
      default: 'IfNotPresent',
      description: 'The imagePullPolicy.',
    }),
    pullSecrets: Type.Array(Type.Object({ name: Type.String({ minLength: 1 }) }, closed), {
      default: [],
      description: 'The Secrets with logins for the registry, such as `{ name: registry }`.',
    }),
  },
  { ...closed, description: 'The image of the replicas.' },
)

const tls = Type.Object(
  {
    mode: words(['selfManaged', 'certManager', 'secret'], {
      default: 'selfManaged',
      description:
        'selfManaged: Sallyport makes and renews a CA and a certificate. certManager: cert-manager issues them; it and ' +
        'its CA injector must run in the cluster. secret: the Secret of `tls.secretName` has a certificate of your own PKI.',
    }),
    secretName: Type.String({
      maxLength: 253,
      default: '',
      description:
        'With mode secret, the Secret with tls.crt, tls.key and ca.crt. The certificate must name ' +
        '`sallyport.NAMESPACE.svc`. Sallyport reads it again when it changes.',
    }),
  },
  { ...closed, description: 'The certificate of the webhooks. The API server calls them by it.' },
)

const budget = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'True makes a PodDisruptionBudget.' }),
    minAvailable: Type.Integer({
      minimum: 0,
      default: 1,
      description:
        'The number of replicas that a drain of nodes leaves. ' +
        'If it is not less than `replicas`, there is no budget: it would block each drain.',
    }),
  },
  { ...closed, description: 'The replicas that stay while nodes are drained.' },
)

const connections = Type.Object(
  {
    enabled: Type.Boolean({ default: false, description: 'True makes a NetworkPolicy for the replicas.' }),
    webhooksFrom: kubernetes(
      'array',
      [],
      'The peers that may call the webhooks, such as `{ ipBlock: { cidr: 10.0.0.0/28 } }`. Empty: everywhere. Only you ' +
        'know from where your API server calls; if this shuts it out, every exec is denied.',
    ),
    egress: kubernetes(
      'array',
      [],
      'More rules for egress, for sinks and validators. DNS and the usual ports of API servers (443, 6443, 8443, 16443) are allowed.',
    ),
  },
  { ...closed, description: 'The connections from and to the replicas.' },
)

// The chart itself sets these: its Service and its probes need the ports, and `tls.mode` says what `tls` is.
const chartsOwn: Readonly<Record<string, readonly string[]>> = {
  webhooks: ['port', 'calledAt', 'calledHost', 'calledPort'],
  health: ['port'],
  tls: ['certFile', 'keyFile', 'caFile', 'injectCaFrom'],
}

/** Returns the schema of `config`: the config file without its head, and without the fields that the chart sets. */
function configValues(): TSchema {
  const { apiVersion, kind, ...sections } = plainSchema(ConfigFile).properties ?? {}
  const properties = Object.fromEntries(
    Object.entries(sections).map(([name, section]) => [name, withDefaults(without(section, chartsOwn[name] ?? []))]),
  )
  return Type.Unsafe({
    type: 'object',
    ...closed,
    properties,
    default: {},
    description:
      'The config of Sallyport: every field of docs/config.md, except `apiVersion`, `kind`, the ports and addresses at ' +
      'which the webhooks are called, and the files of `tls`. The chart sets these.',
  })
}

function without(section: Schema, fields: readonly string[]): Schema {
  if (!section.properties) return section
  const kept = Object.entries(section.properties).filter(([field]) => !fields.includes(field))
  return { ...section, properties: Object.fromEntries(kept) }
}

/** Returns a schema that lets a field with a default be left out. TypeBox asks for it, because the default is filled in. */
function withDefaults({ properties, items, required, ...rest }: Schema): Schema {
  const needed = required?.filter((name) => properties?.[name]?.default === undefined) ?? []
  return {
    ...rest,
    ...(properties && { properties: mapped(properties, withDefaults) }),
    ...(items && { items: withDefaults(items) }),
    ...(needed.length > 0 && { required: needed }),
  }
}

function mapped<T, U>(fields: Readonly<Record<string, T>>, change: (field: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, change(field)]))
}

/** The values of the chart. values.yaml, values.schema.json and the table of its README come from this schema. */
export const ChartValues = Type.Object(
  {
    image,
    replicas: Type.Integer({
      minimum: 1,
      default: 2,
      description: 'The number of replicas. With 1, no exec passes while its node is drained.',
    }),
    config: configValues(),
    restartOnConfigChange: Type.Boolean({
      default: true,
      description:
        'True rolls the replicas when an upgrade changes `config`. `helm upgrade --wait` then fails on a config that ' +
        'Sallyport refuses, and the old replicas go on. False: Sallyport reads it again by itself within ' +
        'two minutes, and says which change needs a restart.',
    }),
    tls,
    resources: kubernetes('object', container['resources'], 'The resources of a replica.'),
    podDisruptionBudget: budget,
    priorityClassName: Type.String({
      maxLength: 253,
      default: installation.name,
      description: `The PriorityClass of the replicas. The chart makes \`${installation.name}\`; you make any other. Empty: none.`,
    }),
    affinity: kubernetes('object', podSpec['affinity'], 'The affinity of the replicas.'),
    tolerations: kubernetes('array', podSpec['tolerations'], 'The tolerations of the replicas.'),
    nodeSelector: kubernetes('object', {}, 'The nodeSelector of the replicas.'),
    topologySpreadConstraints: kubernetes('array', [], 'The topologySpreadConstraints of the replicas.'),
    podLabels: kubernetes('object', {}, 'More labels of the pods.'),
    podAnnotations: kubernetes('object', {}, 'More annotations of the pods.'),
    terminationGracePeriodSeconds: Type.Integer({
      minimum: 20,
      default: podSpec['terminationGracePeriodSeconds'],
      description: `The seconds from SIGTERM to SIGKILL: at least ${lastAnswersSeconds} more than \`config.drainDelay\`.`,
    }),
    volumes: kubernetes(
      'array',
      [],
      'More volumes of the pods, for files that `config` names: of callers, of sinks, of validators.',
    ),
    volumeMounts: kubernetes('array', [], 'The places of these volumes in the container.'),
    networkPolicy: connections,
    monitoring: Type.Object(
      {
        enabled: Type.Boolean({
          default: false,
          description:
            'True makes a ServiceMonitor and alerts, whose kinds the Prometheus operator brings, and a dashboard for Grafana.',
        }),
        labels: kubernetes('object', {}, 'More labels of these, such as `{ release: kube-prometheus-stack }`.'),
      },
      { ...closed, description: 'The monitoring of Sallyport (docs/metrics.md).' },
    ),
    crds: Type.Object(
      {
        keep: Type.Boolean({
          default: false,
          description:
            'True keeps the kinds, and all requests, grants, templates and records, when the release is uninstalled.',
        }),
      },
      { ...closed, description: 'The CustomResourceDefinitions. An upgrade of the release upgrades them.' },
    ),
    global: Type.Optional(
      Type.Unsafe({
        type: 'object',
        description: 'Helm gives this to a chart inside of another one. It has no effect.',
      }),
    ),
  },
  closed,
)
