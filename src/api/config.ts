import { Type, type Static, type TInteger, type TObject, type TString } from 'typebox'
import { durationPattern } from './duration.ts'
import { words } from './schema.ts'
import { Subject } from './subject.ts'
import { waysIn } from './way-in.ts'

const closed = { additionalProperties: false }

function Address(port: number, description: string): TObject<{ host: TString; port: TInteger }> {
  return Type.Object(
    {
      host: Type.String({ minLength: 1, default: '::', description: 'Address to listen on; `::` is every one.' }),
      port: Type.Integer({ minimum: 0, maximum: 65_535, default: port, description: '0 takes a free port.' }),
    },
    { ...closed, default: {}, description },
  )
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
    subresources: Type.Array(words(waysIn), { minItems: 1, maxItems: waysIn.length }),
  },
  closed,
)

const Identity = Type.Object(
  {
    proofKeys: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      minItems: 1,
      maxItems: 16,
      default: ['authentication.kubernetes.io/credential-id'],
      description: 'Keys of userInfo.extra that a direct login has and an impersonated identity lacks.',
    }),
    extraKeys: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
      maxItems: 16,
      default: [],
      description: 'Keys of userInfo.extra that are kept with the requestor and the approver.',
    }),
    impersonation: words(['Deny', 'Record'], {
      default: 'Deny',
      description: 'Whether what rests on a direct login is denied without that proof.',
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
  },
  { ...closed, default: {}, description: 'Reloaded when the files change.' },
)

const Workload = Type.Object(
  {
    apiVersion: Type.String({ minLength: 1, maxLength: 317, description: 'Such as `argoproj.io/v1alpha1`.' }),
    kind: Type.String({ minLength: 1, maxLength: 63 }),
    plural: Type.String({ minLength: 1, maxLength: 63, description: 'As in the URL, such as `rollouts`.' }),
  },
  closed,
)

/** The config file (YAML): every field but the first two has a default. Loaded and frozen by src/config.ts. */
export const ConfigFile = Type.Object(
  {
    apiVersion: Type.Literal('config.sallyport.dev/v1alpha1'),
    kind: Type.Literal('SallyportConfig'),
    enforcement: words(['Enforce', 'Observe'], {
      default: 'Enforce',
      description: 'Observe lets everything through and records what would be denied.',
    }),
    webhooks: Address(8443, 'The HTTPS server of the webhooks.'),
    health: Address(8080, 'Liveness and readiness, plain HTTP.'),
    tls: Tls,
    // As long as endpoints take to leave every API server's and kube-proxy's tables (Gatekeeper's --shutdown-delay).
    drainDelay: duration('10s', 'How long a replica still serves after SIGTERM, until no API server calls it.'),
    exemptions: Type.Array(Exemption, {
      maxItems: 256,
      default: [],
      description: 'Who passes the gate without access. Each use is recorded.',
    }),
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
      },
      { ...closed, default: {} },
    ),
    workloads: Type.Array(Workload, {
      maxItems: 32,
      default: [],
      description:
        'Kinds that a template may target beside Deployment, StatefulSet, DaemonSet, ReplicaSet, Job and Pod. ' +
        'Sallyport needs get, list and watch on each.',
    }),
    shell: Type.Object(
      {
        privilegedAuthors: Type.Array(Subject, {
          maxItems: 64,
          default: [],
          description:
            'Whose templates may make shell pods that give more than a shell beside the workload: host namespaces, ' +
            'hostPath, privileged containers, added capabilities, another service account.',
        }),
      },
      { ...closed, default: {} },
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
