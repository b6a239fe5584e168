import { Type, type Static, type TInteger, type TString } from 'typebox'
import { AuditConfig } from './audit-config.ts'
import { CallerConfig } from './caller-config.ts'
import { durationPattern } from '../duration.ts'
import { quantity, words } from '../schema/schema.ts'
import { BreakGlassSubject, Subject } from '../subject.ts'
import { ValidatorConfigs } from './validator-config.ts'
import { waysIn } from '../review/way-in.ts'

const closed = { additionalProperties: false }

function addressFields(port: number): { host: TString; port: TInteger } {
  return {
    host: Type.String({ minLength: 1, default: '::', description: 'Address to listen on; `::` is every one.' }),
    port: Type.Integer({ minimum: 0, maximum: 65_535, default: port, description: '0 takes a free port.' }),
  }
}

function duration(byDefault: string, description: string): TString {
  return Type.String({ pattern: durationPattern, maxLength: 64, default: byDefault, description })
}

const Exemption = Type.Object(
  {
    why: Type.String({ minLength: 1, maxLength: 1024, description: 'The reason; it is in the record of every use.' }),
    subjects: Type.Array(Subject, { minItems: 1, maxItems: 64 }),
    namespaces: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
        minItems: 1,
        maxItems: 256,
        description: 'Left out: all, and what has none (nodes/proxy).',
      }),
    ),
    subresources: Type.Array(words(waysIn), {
      minItems: 1,
      maxItems: waysIn.length,
      description: '`pods` lets them give a container of a pod another image.',
    }),
  },
  closed,
)

const Identity = Type.Object(
  {
    proofKeys: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      minItems: 1,
      maxItems: 16,
      default: ['authentication.kubernetes.io/credential-id'],
      description:
        'Keys of userInfo.extra that a direct login has and an impersonated identity lacks. A login with a uid is direct in any case.',
    }),
    extraKeys: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      maxItems: 16,
      default: [],
      description: 'Keys of userInfo.extra that are kept with the requestor and the approver.',
    }),
    impersonation: words(['Deny', 'Record'], {
      default: 'Deny',
      description:
        'Whether Sallyport denies what needs a direct login where the review shows no such proof: to ask, to use, to review, an exemption, break-glass.',
    }),
  },
  { ...closed, default: {} },
)

const Tls = Type.Object(
  {
    certFile: Type.String({
      minLength: 1,
      default: '/etc/sallyport/tls/tls.crt',
      description: 'PEM: the leaf, then intermediates.',
    }),
    keyFile: Type.String({
      minLength: 1,
      default: '/etc/sallyport/tls/tls.key',
      description: 'PEM: the private key of the leaf.',
    }),
    caFile: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'PEM: the CAs by which the API server knows the leaf; one of them must have signed it. With it the self-check holds and mends `caBundle` too, and can make ' +
          'a deleted webhook configuration anew. Leave it out where something else writes `caBundle` (cert-manager).',
      }),
    ),
  },
  { ...closed, default: {}, description: 'Reloaded when the files change.' },
)

/** As a fieldPath of Kubernetes, without lists. */
function fieldPath(options: { readonly default?: string; readonly description: string }): TString {
  return Type.String({ pattern: String.raw`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`, maxLength: 256, ...options })
}

const Workload = Type.Object(
  {
    apiVersion: Type.String({ minLength: 1, maxLength: 317, description: 'Such as `argoproj.io/v1alpha1`.' }),
    kind: Type.String({ minLength: 1, maxLength: 63 }),
    plural: Type.String({ minLength: 1, maxLength: 63, description: 'As in the URL, such as `rollouts`.' }),
    podTemplate: fieldPath({
      default: 'spec.template',
      description: 'Path of the field that holds the pod template, such as `spec.jobTemplate.spec.template`.',
    }),
    workloadRef: Type.Optional(
      fieldPath({
        description:
          'Path of the field that refers to another workload (`apiVersion`, `kind`, `name`) of the same namespace, such as ' +
          "Argo's `spec.workloadRef`. An object without a pod template of its own has that workload's; the reference is followed once. " +
          'The kind it leads to must be built in or listed here.',
      }),
    ),
  },
  closed,
)

/** The config file (YAML): every field but the first two has a default. Loaded and frozen by src/config/config.ts. */
export const ConfigFile = Type.Object(
  {
    apiVersion: Type.Literal('config.sallyport.dev/v1alpha1'),
    kind: Type.Literal('SallyportConfig'),
    enforcement: words(['Enforce', 'Observe'], {
      default: 'Enforce',
      description: 'Observe lets everything through and records what would be denied.',
    }),
    webhooks: Type.Object(
      {
        ...addressFields(8443),
        calledAt: words(['Service', 'Address'], {
          default: 'Service',
          description:
            'Where the API server calls them: at the Service `sallyport` in `sallyport-system`, or, outside of a cluster, at an address.',
        }),
        calledHost: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 253,
            description:
              'With calledAt Address: the IP address or DNS name under which the API server reaches the host; the certificate must name it. Left out: `webhooks.host`.',
          }),
        ),
        calledPort: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 65_535,
            description: 'With calledAt Address: the port there. Left out: the port that is listened on.',
          }),
        ),
        bytesInFlight: quantity({
          default: '32Mi',
          description:
            'How many bytes of reviews may be in the memory of a replica at once, from 16Mi to 4Gi. A call beyond is told to come again. ' +
            'A replica needs up to ten times as much memory.',
        }),
      },
      { ...closed, default: {}, description: 'The HTTPS server of the webhooks.' },
    ),
    callers: CallerConfig,
    health: Type.Object(addressFields(8080), {
      ...closed,
      default: {},
      description: 'Liveness, readiness and metrics (docs/metrics.md), plain HTTP.',
    }),
    tls: Tls,
    // As long as endpoints take to leave every API server's and kube-proxy's tables (Gatekeeper's --shutdown-delay).
    drainDelay: duration(
      '10s',
      'How long a replica still serves after SIGTERM, until no API server calls it; at most 1h.',
    ),
    exemptions: Type.Array(Exemption, {
      maxItems: 256,
      default: [],
      description: 'Who passes the gate without access. Each use is recorded.',
    }),
    breakGlass: Type.Object(
      {
        subjects: Type.Array(BreakGlassSubject, {
          maxItems: 64,
          default: [],
          description: 'With identity.impersonation Deny they must be logged in directly.',
        }),
      },
      {
        ...closed,
        default: {},
        description:
          'Who the API server does not ask the gate about, also while it is down. Each use is recorded loudly.',
      },
    ),
    identity: Identity,
    grants: Type.Object(
      {
        requireDigest: Type.Boolean({
          default: true,
          description: 'Whether an approval must quote the digest of what was looked at.',
        }),
      },
      { ...closed, default: {} },
    ),
    requests: Type.Object(
      {
        pendingTimeout: duration('24h', 'A request that nobody has decided by then expires.'),
        retention: duration('168h', 'How long a request is kept after it has ended.'),
        maxUnfinished: Type.Integer({
          minimum: 1,
          maximum: 100_000,
          default: 100,
          description: 'How many requests of one user in one namespace may be unfinished; one beyond fails at once.',
        }),
      },
      { ...closed, default: {} },
    ),
    workloads: Type.Array(Workload, {
      maxItems: 32,
      default: [],
      description:
        'Kinds that a template may target beside Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob and Pod. ' +
        'Sallyport needs get, list and watch on each.',
    }),
    audit: AuditConfig,
    validators: ValidatorConfigs,
    selfCheck: Type.Object(
      {
        interval: duration(
          '5m',
          'How often the leader looks whether all that holds the gate is as this config has it.',
        ),
        onDifference: words(['Restore', 'Report'], {
          default: 'Restore',
          description:
            'Whether what somebody changed or deleted is made as it was, or only logged. Of kinds (CustomResourceDefinitions) it is only logged.',
        }),
      },
      {
        ...closed,
        default: {},
        description:
          "Sallyport's own webhook configurations, policies and kinds, and ways in that the gate does not know.",
      },
    ),
    excludedNamespaces: Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
      maxItems: 256,
      default: [],
      description: 'Namespaces that the API server does not ask the gate about.',
    }),
  },
  closed,
)

export type ConfigFile = Static<typeof ConfigFile>
export type Exemption = Static<typeof Exemption>
