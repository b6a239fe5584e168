import { Type, type Static, type TInteger, type TString } from 'typebox'
import { AuditConfig } from './audit-config.ts'
import { CallerConfig } from './caller-config.ts'
import { DirectConfig } from './direct-config.ts'
import { durationPattern } from '../duration.ts'
import { quantity, words } from '../schema/schema.ts'
import { BreakGlassSubject, Subject } from '../subject.ts'
import { Tls } from './tls-config.ts'
import { ValidatorConfigs } from './validator-config.ts'
import { waysIn } from '../review/way-in.ts'

const closed = { additionalProperties: false }

function addressFields(port: number): { host: TString; port: TInteger } {
  return {
    host: Type.String({
      minLength: 1,
      default: '::',
      description: 'The address to listen on. `::` means every address.',
    }),
    port: Type.Integer({
      minimum: 0,
      maximum: 65_535,
      default: port,
      description: 'The port to listen on. 0 takes a free port.',
    }),
  }
}

function duration(byDefault: string, description: string): TString {
  return Type.String({ pattern: durationPattern, maxLength: 64, default: byDefault, description })
}

const Exemption = Type.Object(
  {
    why: Type.String({ minLength: 1, maxLength: 1024, description: 'The reason. It is in the record of every use.' }),
    subjects: Type.Array(Subject, { minItems: 1, maxItems: 64, description: 'The users who are exempted.' }),
    namespaces: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
        minItems: 1,
        maxItems: 256,
        description: 'The namespaces of the exemption. Left out: all namespaces, and nodes/proxy, which has none.',
      }),
    ),
    subresources: Type.Array(words(waysIn), {
      minItems: 1,
      maxItems: waysIn.length,
      description: 'The ways in that are exempted. `pods` lets the users give a container of a pod another image.',
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
        'Keys of userInfo.extra that only a direct login has, and not an impersonated identity. ' +
        'A login with a uid is direct in any case.',
    }),
    extraKeys: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      maxItems: 16,
      default: [],
      description: 'Keys of userInfo.extra that Sallyport keeps with the requestor and the approver.',
    }),
    impersonation: words(['Deny', 'Record'], {
      default: 'Deny',
      description:
        'Deny: Sallyport denies a user whose review shows no proof of a direct login. ' +
        'This holds for requests, uses, verdicts, ' +
        'exemptions and break-glass. Record: it only records that the proof is missing.',
    }),
  },
  { ...closed, default: {}, description: 'The identity of users: direct logins and impersonation.' },
)

/** Returns the schema of a path of fields, written like a fieldPath of Kubernetes but without lists. */
function fieldPath(options: { readonly default?: string; readonly description: string }): TString {
  return Type.String({ pattern: String.raw`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`, maxLength: 256, ...options })
}

const Workload = Type.Object(
  {
    apiVersion: Type.String({
      minLength: 1,
      maxLength: 317,
      description: 'The apiVersion, such as `argoproj.io/v1alpha1`.',
    }),
    kind: Type.String({ minLength: 1, maxLength: 63, description: 'The kind, such as `Rollout`.' }),
    plural: Type.String({ minLength: 1, maxLength: 63, description: 'The plural in the URL, such as `rollouts`.' }),
    podTemplate: fieldPath({
      default: 'spec.template',
      description: 'The path of the field that holds the pod template, such as `spec.jobTemplate.spec.template`.',
    }),
    workloadRef: Type.Optional(
      fieldPath({
        description:
          'The path of the field that refers to another workload (`apiVersion`, `kind`, `name`) of the same ' +
          'namespace, such as ' +
          "Argo's `spec.workloadRef`. An object without a pod template of its own has that workload's. " +
          'Sallyport follows the reference once. ' +
          'The kind that it leads to must be built in or listed here.',
      }),
    ),
  },
  closed,
)

/** The config file (YAML). Every field but the first two has a default. src/config/config.ts loads and freezes it. */
export const ConfigFile = Type.Object(
  {
    apiVersion: Type.Literal('config.sallyport.dev/v1alpha1', { description: 'The version of this file.' }),
    kind: Type.Literal('SallyportConfig', { description: 'The kind of this file.' }),
    enforcement: words(['Enforce', 'Observe'], {
      default: 'Enforce',
      description: 'Observe lets everything through, and records each call that Enforce would deny.',
    }),
    denialHint: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 300,
        // A user's terminal shows it.
        pattern: String.raw`^[^\p{C}]*$`,
        description:
          'A text at the end of denials, for the people who are stopped: a channel, a runbook, or where to get the plugin.',
      }),
    ),
    webhooks: Type.Object(
      {
        ...addressFields(8443),
        calledAt: words(['Service', 'Address'], {
          default: 'Service',
          description:
            'Service: the API server calls the webhooks at the Service `sallyport` of its namespace. ' +
            'Address: it calls them at an address outside of the cluster.',
        }),
        calledHost: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 253,
            description:
              'The IP address or DNS name at which the API server reaches the host, with calledAt Address. ' +
              'The certificate must name it. ' +
              'Left out: `webhooks.host`.',
          }),
        ),
        calledPort: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 65_535,
            description:
              'The port at which the API server calls, with calledAt Address. Left out: the port that is listened on.',
          }),
        ),
        bytesInFlight: quantity({
          default: '32Mi',
          description:
            'The largest number of bytes of reviews in the memory of a replica at once, from 16Mi to 4Gi. ' +
            'A call that does not fit is told to come again. A replica needs up to ten times as much memory.',
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
      'The time for which a replica still serves after SIGTERM, until no API server calls it; at most 1h.',
    ),
    exemptions: Type.Array(Exemption, {
      maxItems: 256,
      default: [],
      description: 'The users who pass the gate without an access. Each use is recorded.',
    }),
    breakGlass: Type.Object(
      {
        subjects: Type.Array(BreakGlassSubject, {
          maxItems: 64,
          default: [],
          description:
            'The people who may break the glass. With identity.impersonation Deny they must be logged in directly.',
        }),
      },
      {
        ...closed,
        default: {},
        description:
          'Users for whom the API server does not ask the gate, also while the gate is down. ' +
          'Each use is recorded loudly.',
      },
    ),
    identity: Identity,
    grants: Type.Object(
      {
        requireDigest: Type.Boolean({
          default: true,
          description: 'True if an approval must quote the digest of the request that the approver looked at.',
        }),
      },
      { ...closed, default: {}, description: 'The rules for grants.' },
    ),
    requests: Type.Object(
      {
        pendingTimeout: duration('24h', 'A request that nobody has decided after this time expires.'),
        retention: duration('168h', 'The time for which a request is kept after it has ended.'),
        maxUnfinished: Type.Integer({
          minimum: 1,
          maximum: 100_000,
          default: 100,
          description:
            'The largest number of unfinished requests of one user in one namespace. A request above it fails at once.',
        }),
        direct: DirectConfig,
      },
      { ...closed, default: {}, description: 'The rules for requests.' },
    ),
    workloads: Type.Array(Workload, {
      maxItems: 32,
      default: [],
      description:
        'Kinds that a template may target beside Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob ' +
        'and Pod. ' +
        'Sallyport needs the verbs get, list and watch on each.',
    }),
    audit: AuditConfig,
    validators: ValidatorConfigs,
    selfCheck: Type.Object(
      {
        interval: duration(
          '5m',
          'The time between two looks of the leader at all objects of the installation. ' +
            'It looks at the webhook configurations, and at the ClusterRole that owns them, as soon as they change.',
        ),
        onDifference: words(['Restore', 'Report'], {
          default: 'Restore',
          description:
            'Restore: the leader undoes each change and deletion. Report: it only logs them. ' +
            'In either case, objects that nobody touched follow a new config. ' +
            'In either case it makes the webhook configurations once, in a cluster that this installation never closed. ' +
            'Differences of the kinds (CustomResourceDefinitions) are only logged in any case.',
        }),
      },
      {
        ...closed,
        default: {},
        description:
          "The check of Sallyport's own webhook configurations, policies and kinds, and of ways in that the " +
          'gate does not know.',
      },
    ),
    excludedNamespaces: Type.Array(Type.String({ minLength: 1, maxLength: 63 }), {
      maxItems: 256,
      default: [],
      description: 'The namespaces for which the API server does not ask the gate.',
    }),
  },
  closed,
)

export type ConfigFile = Static<typeof ConfigFile>
export type Exemption = Static<typeof Exemption>
