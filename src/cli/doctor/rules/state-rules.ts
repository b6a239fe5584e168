import { installation, ownLabels } from '../../../api/installation.ts'
import { versionLabel } from '../../../api/version.ts'
import { differencesOf } from '../../../install/live-difference.ts'
import type { Certificate, ClusterFacts, Compared, Deployment } from '../cluster-facts.ts'
import type { Found, RuleText } from '../finding.ts'
import { gateDifferences, gateName, opensWhenDown } from './gate-differences.ts'

/** A rule on the state of the installation, its config and the cluster. */
export interface StateRule extends RuleText {
  readonly find: (facts: ClusterFacts) => readonly Found[]
}

const configuration = `ValidatingWebhookConfiguration ${installation.name}`
const configMap = 'ConfigMap sallyport-config'
const workload = `Deployment ${installation.name}`

/** The rules, the worst first. */
export const stateRules: readonly StateRule[] = [
  {
    id: 'gate-absent',
    severity: 'critical',
    finds: 'the API server asks no gate',
    remedy:
      'Look at the log of the leader: it makes the configuration. docs/emergency.md says how to close the gate again.',
    find: ({ gate }: ClusterFacts): readonly Found[] => {
      if (gate === 'absent') return [{ subject: configuration, rule: 'it does not exist' }]
      const isThere = gate?.webhooks?.some(({ name }) => name === gateName) ?? true
      return isThere ? [] : [{ subject: configuration, rule: `it has no webhook ${gateName}` }]
    },
  },
  {
    id: 'gate-changed',
    severity: 'critical',
    finds: 'somebody has changed how the API server asks the gate',
    remedy:
      'Set selfCheck.onDifference to Restore, see that a leader runs, and find who made the change in the audit log.',
    find: ({ gate, config }) =>
      gate && gate !== 'absent' && config
        ? gateDifferences(gate, config).map((rule) => ({ subject: configuration, rule }))
        : [],
  },
  {
    id: 'fails-open',
    severity: 'critical',
    finds: 'every way in is open while no replica answers',
    remedy: 'Set enforcement to Enforce. If it is, see that a leader runs: it restores failurePolicy Fail.',
    find: ({ gate }) =>
      gate && gate !== 'absent' && opensWhenDown(gate)
        ? [{ subject: configuration, rule: `webhook ${gateName} has failurePolicy Ignore` }]
        : [],
  },
  {
    id: 'observes',
    severity: 'critical',
    finds: 'the gate only watches, and lets everybody in',
    remedy: 'See by --observed who would be denied, give them what they need, and set enforcement to Enforce.',
    find: ({ config }) =>
      config?.enforcement === 'Observe' ? [{ subject: configMap, rule: 'enforcement is Observe' }] : [],
  },
  {
    id: 'not-installed',
    severity: 'critical',
    finds: 'an object of the installation is missing',
    remedy: 'Apply the installation of this version again.',
    find: ({ installed = [] }) =>
      installed.filter(({ live }) => !live).map((one) => ({ subject: titleOf(one), rule: 'it does not exist' })),
  },
  {
    id: 'changed',
    severity: 'high',
    finds: 'an object of the installation is not as this version has it',
    remedy: 'Apply the installation of this version again, and find who made the change in the audit log.',
    find: ({ installed = [] }) => installed.flatMap(changesOf),
  },
  {
    id: 'excluded-namespaces',
    severity: 'medium',
    finds: 'the API server does not ask the gate about a namespace',
    remedy:
      'Take the namespace out of excludedNamespaces. An exemption lets only named subjects pass, and is recorded.',
    find: ({ config }) =>
      (config?.excludedNamespaces ?? []).map((name) => ({ subject: `Namespace ${name}`, rule: 'excludedNamespaces' })),
  },
  {
    id: 'exemptions',
    severity: 'medium',
    finds: 'passes the gate without an access',
    remedy: 'Take the exemption out of the config once a template gives the same.',
    find: ({ config }) =>
      (config?.exemptions ?? []).flatMap(({ subjects, subresources, namespaces }, index) =>
        subjects.map(({ kind, namespace, name }) => ({
          subject: `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`,
          rule: `exemptions[${index}]: ${subresources.join(', ')} in ${namespaces?.join(', ') ?? 'every namespace'}`,
        })),
      ),
  },
  {
    id: 'break-glass',
    severity: 'note',
    finds: 'may break the glass, and so pass the gate at any time',
    remedy: 'Keep the list short, and watch for events of type gate.bypassed.',
    find: ({ config }) =>
      (config?.breakGlass.subjects ?? []).map(({ kind, name }) => ({ subject: `${kind} ${name}`, rule: 'breakGlass' })),
  },
  {
    id: 'impersonation',
    severity: 'high',
    finds: 'Sallyport takes the word of people who impersonate others',
    remedy: 'Set identity.impersonation to Deny, and name in identity.proofKeys what the logins of your cluster have.',
    find: ({ config }) =>
      config?.identity.impersonation === 'Record'
        ? [{ subject: configMap, rule: 'identity.impersonation is Record' }]
        : [],
  },
  {
    id: 'self-check-reports',
    severity: 'medium',
    finds: 'the leader does not restore what somebody changes',
    remedy: 'Set selfCheck.onDifference to Restore.',
    find: ({ config }) =>
      config?.selfCheck.onDifference === 'Report'
        ? [{ subject: configMap, rule: 'selfCheck.onDifference is Report' }]
        : [],
  },
  {
    id: 'unready',
    severity: 'high',
    finds: 'too few replicas are ready, and without one every exec is denied',
    remedy: `Look at the pods: kubectl describe pods -n ${installation.namespace} -l app.kubernetes.io/name=${ownLabels['app.kubernetes.io/name']}`,
    find: ({ deployment }: ClusterFacts): readonly Found[] => {
      if (deployment === 'absent') return [{ subject: workload, rule: 'it does not exist' }]
      const { wanted, ready } = replicasOf(deployment)
      return ready < wanted ? [{ subject: workload, rule: `${ready} of ${wanted} replicas are ready` }] : []
    },
  },
  {
    id: 'one-replica',
    severity: 'medium',
    finds: 'one replica is all there is, so each restart of it denies every exec',
    remedy: 'Run at least two replicas.',
    find: ({ deployment }) =>
      replicasOf(deployment).wanted === 1 ? [{ subject: workload, rule: 'spec.replicas is 1' }] : [],
  },
  {
    id: 'not-intact',
    severity: 'high',
    finds: 'the leader says that the installation is not intact',
    remedy: 'The message names the code and the object: docs/errors.md says what to do.',
    find: ({ deployment }: ClusterFacts): readonly Found[] => {
      const conditions = (deployment === 'absent' ? undefined : deployment?.status?.conditions) ?? []
      return conditions
        .filter(({ type, status }) => type === 'access.sallyport.dev/InstallationIntact' && status === 'False')
        .map(({ message = '' }) => ({ subject: workload, rule: message }))
    },
  },
  {
    id: 'certificates',
    severity: 'high',
    finds: 'a certificate is near its end, and nobody has renewed it',
    remedy: 'Renew it. docs/operations.md, "Certificates", says who does that and how.',
    find: ({ certificates = [], now }) =>
      certificates
        .filter((one) => endsSoon(one, now))
        .map(({ where, until }) => ({
          subject: where,
          rule: `${until <= now ? 'it ended' : 'it ends'} at ${new Date(until).toISOString()}`,
        })),
  },
  {
    id: 'versions',
    severity: 'medium',
    finds: 'parts of Sallyport are of different versions',
    remedy: 'Upgrade the older part: docs/install.md, "Upgrade".',
    find: ({ version, installed = [], deployment }: ClusterFacts): readonly Found[] => {
      const kinds = installed.filter(({ wanted }) => wanted.kind === 'CustomResourceDefinition')
      const replicas = deployment === 'absent' ? undefined : deployment?.metadata.labels?.[versionLabel]
      return [
        ...kinds.flatMap((one) => otherVersion(titleOf(one), one.live?.metadata.labels?.[versionLabel], version)),
        ...otherVersion(workload, replicas, version),
      ]
    },
  },
  {
    id: 'kubernetes-version',
    severity: 'medium',
    finds: 'this version of Kubernetes is not covered by this version of Sallyport',
    remedy: 'docs/compatibility.md has the versions that are covered: upgrade the cluster.',
    find: ({ kubernetes }) =>
      kubernetes && kubernetes.major === 1 && kubernetes.minor < oldestMinor
        ? [
            {
              subject: 'the API server',
              rule: `it is 1.${kubernetes.minor}, and the oldest covered is 1.${oldestMinor}`,
            },
          ]
        : [],
  },
  {
    id: 'clock-skew',
    severity: 'medium',
    finds: 'the clocks of this machine and of the API server differ',
    remedy: 'Let both follow a time server. By a wrong clock, accesses begin late and end early or late.',
    find: ({ server, now }: ClusterFacts): readonly Found[] => {
      if (!server) return []
      const aheadMs = server.time - now
      const differs = aheadMs > allowedSkewMs || aheadMs < -(allowedSkewMs + server.tookMs)
      return differs
        ? [{ subject: 'the API server', rule: `it is ${Math.round(aheadMs / 1_000)} s ahead of this machine` }]
        : []
    },
  },
  {
    id: 'token-in-secret',
    severity: 'medium',
    finds: 'a service account has a token that never ends, and that shows no proof of its login',
    remedy:
      'Delete the Secret, and let its users ask for tokens that end: kubectl create token, or a projected volume.',
    find: ({ tokens = [] }) =>
      tokens.map(({ namespace, name, account }) => ({
        subject: `ServiceAccount ${namespace}/${account}`,
        rule: `Secret ${namespace}/${name} of type kubernetes.io/service-account-token`,
      })),
  },
  {
    id: 'sink-behind',
    severity: 'high',
    finds: 'a sink does not take its audit events. At audit.maxWaiting of them, nobody is let in',
    remedy: 'See that the sink answers, and what the log of the leader says of it.',
    find: ({ waiting = [], now }) =>
      waiting
        .filter(({ since }) => now - since > waitingMs)
        .map(({ sink, count, since }) => ({
          subject: `sink ${sink}`,
          rule: `${count} events wait, the oldest since ${new Date(since).toISOString()}`,
        })),
  },
]

// docs/compatibility.md says the same.
const oldestMinor = 35
// A time of the API server has no parts of a second.
const allowedSkewMs = 5_000
// A healthy sink has an event within seconds.
const waitingMs = 120_000

function titleOf({ wanted: { kind, metadata } }: Compared): string {
  return `${kind} ${metadata.name}`
}

/** Compares an object, if its version is that of this program. */
function changesOf(one: Compared): readonly Found[] {
  const { wanted, live } = one
  if (!live || wanted.metadata.labels[versionLabel] !== live.metadata.labels?.[versionLabel]) return []
  return differencesOf(wanted, live).map((rule) => ({ subject: titleOf(one), rule }))
}

function replicasOf(deployment: Deployment | 'absent' | undefined): {
  readonly wanted: number
  readonly ready: number
} {
  if (deployment === undefined || deployment === 'absent') return { wanted: 0, ready: 0 }
  return { wanted: deployment.spec?.replicas ?? 1, ready: deployment.status?.readyReplicas ?? 0 }
}

/** Returns true in the last tenth of a certificate's life. All that renews certificates does so long before. */
function endsSoon({ from, until }: Certificate, now: number): boolean {
  return until - now < (until - from) / 10
}

function otherVersion(subject: string, found: string | undefined, version: string): readonly Found[] {
  return found === undefined || found === version
    ? []
    : [{ subject, rule: `it is of ${found}, and this program is ${version}` }]
}
