import { apiGroup } from '../../../api/kinds/kind.ts'
import { allKinds } from '../../../api/kinds/all-kinds.ts'
import { installation } from '../../../api/installation.ts'
import { guardPolicyNames } from '../../../install/guard-policy.ts'
import type { RuleText } from '../finding.ts'
import type { Power } from '../rights.ts'

/** A rule that finds the holders of a power over the gate. */
export interface PowerRule extends RuleText {
  /**
   * The place where the power counts: `cluster` for what has no namespace, `gated` for any namespace but the excluded
   * ones, `own` for Sallyport's own namespace.
   */
  readonly scope: 'cluster' | 'gated' | 'own'
  /** The alternatives. Each is a list of powers that one role must give together. */
  readonly powers: readonly (readonly Power[])[]
}

const write = ['create', 'update', 'patch', 'delete', 'deletecollection']
const change = ['create', 'update', 'patch']
const rbac = 'rbac.authorization.k8s.io'
const admission = 'admissionregistration.k8s.io'
const certificates = 'certificates.k8s.io'
const core = (verbs: readonly string[], ...resources: readonly string[]): Power => ({ verbs, group: '', resources })

/** The rights of one who holds everything. Such a holder is one finding, and not one for each rule. */
export const everything: Power = { verbs: ['*'], group: '*', resources: ['*'] }

// These signers make certificates that the API server, or a kubelet, takes for a login.
const signers = [
  'kubernetes.io/*',
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
]

/** The rules on RBAC, the worst first. */
export const powerRules: readonly PowerRule[] = [
  {
    id: 'administrators',
    severity: 'critical',
    finds: 'may do everything: open the gate, act as anybody, and reach each node',
    remedy: 'Bind a role with only the needed rights in its place, and keep cluster-admin for the break-glass login.',
    scope: 'cluster',
    powers: [[everything]],
  },
  {
    id: 'nodes-proxy',
    severity: 'critical',
    finds: 'may call the kubelet’s own port, and so run a command in every pod, past every admission',
    remedy: 'Give nodes/metrics, nodes/stats, nodes/log and nodes/healthz in its place, as far as they are needed.',
    scope: 'cluster',
    powers: [[core(['get', 'create', 'update', 'patch', 'delete'], 'nodes/proxy')]],
  },
  {
    id: 'webhook-writers',
    severity: 'critical',
    finds: 'may change webhook configurations, and so open the gate',
    remedy: 'Take the right away, or bind it by resourceNames to the configurations of its owner.',
    scope: 'cluster',
    powers: [
      [
        {
          verbs: write,
          group: admission,
          resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
          names: [installation.name],
        },
      ],
    ],
  },
  {
    id: 'policy-writers',
    severity: 'high',
    finds: 'may change the admission policies that guard Sallyport’s own objects',
    remedy: 'Take the right away, or bind it by resourceNames to the policies of its owner.',
    scope: 'cluster',
    powers: [
      [
        {
          verbs: write,
          group: admission,
          resources: ['validatingadmissionpolicies', 'validatingadmissionpolicybindings'],
          names: guardPolicyNames(),
        },
      ],
      [
        {
          verbs: change,
          group: admission,
          resources: ['mutatingadmissionpolicies', 'mutatingadmissionpolicybindings'],
        },
      ],
    ],
  },
  {
    id: 'kind-writers',
    severity: 'high',
    finds: 'may change Sallyport’s CustomResourceDefinitions, and so the rules of requests and grants',
    remedy: 'Leave the right to the installer, or bind it by resourceNames to other kinds.',
    scope: 'cluster',
    powers: [
      [
        {
          verbs: write,
          group: 'apiextensions.k8s.io',
          resources: ['customresourcedefinitions'],
          names: allKinds.map(({ plural }) => `${plural}.${apiGroup}`),
        },
      ],
    ],
  },
  {
    id: 'impersonators',
    severity: 'critical',
    finds: 'may act as somebody else, such as a requestor, an approver or an administrator',
    remedy: 'Take the verb impersonate away, or bind it by resourceNames to the identities that are needed.',
    scope: 'gated',
    powers: [
      [core(['impersonate'], 'users', 'groups', 'serviceaccounts')],
      [
        {
          verbs: ['impersonate'],
          group: 'authentication.k8s.io',
          resources: ['uids', 'userextras', 'userextras/scopes'],
        },
      ],
      [
        {
          verbs: ['impersonate:user-info', 'impersonate:serviceaccount', 'impersonate:arbitrary-node'],
          group: 'authentication.k8s.io',
          resources: ['users', 'groups', 'uids', 'serviceaccounts', 'nodes'],
        },
      ],
    ],
  },
  {
    id: 'token-creators',
    severity: 'high',
    finds: 'may make tokens of service accounts, and act as them',
    remedy: 'Take serviceaccounts/token away from people. Role edit has it: bind a role without it.',
    scope: 'gated',
    powers: [[core(['create'], 'serviceaccounts/token')]],
  },
  {
    id: 'token-secrets',
    severity: 'high',
    finds: 'may make a Secret of type service-account-token and read the token in it',
    remedy: 'Take either the right to create Secrets or the right to read them away. Role edit has both.',
    scope: 'gated',
    powers: [[core(change, 'secrets'), core(['get', 'list', 'watch'], 'secrets')]],
  },
  {
    id: 'escalators',
    severity: 'critical',
    finds: 'may give more rights than it holds, also to itself',
    remedy: 'Take the verbs escalate and bind away, or bind them by resourceNames to the roles that are needed.',
    scope: 'gated',
    powers: [[{ verbs: ['escalate', 'bind'], group: rbac, resources: ['roles', 'clusterroles'] }]],
  },
  {
    id: 'certificate-signers',
    severity: 'critical',
    finds: 'may have certificates signed that the API server takes for the login of a user or a node',
    remedy: 'Leave approve and sign of the signers kubernetes.io/… to the control plane and to the installer.',
    scope: 'cluster',
    powers: [
      [
        { verbs: ['update', 'patch'], group: certificates, resources: ['certificatesigningrequests/approval'] },
        { verbs: ['approve'], group: certificates, resources: ['signers'], names: signers },
      ],
      [
        { verbs: ['update', 'patch'], group: certificates, resources: ['certificatesigningrequests/status'] },
        { verbs: ['sign'], group: certificates, resources: ['signers'], names: signers },
      ],
    ],
  },
  {
    id: 'pod-creators',
    severity: 'high',
    finds: 'may make pods where the gate stands, and so run a program with the Secrets of the namespace',
    remedy: 'Leave pods to the systems that deploy, and enforce PodSecurity baseline in the namespace.',
    scope: 'gated',
    powers: [[core(['create'], 'pods')]],
  },
  {
    id: 'workload-editors',
    severity: 'high',
    finds: 'may edit workloads where the gate stands, and so run a program in new pods of them',
    remedy: 'Leave workloads to the systems that deploy, and give people a shell or a role for a time.',
    scope: 'gated',
    powers: [
      [{ verbs: change, group: 'apps', resources: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'] }],
      [{ verbs: change, group: 'batch', resources: ['jobs', 'cronjobs'] }],
      [core(change, 'replicationcontrollers')],
    ],
  },
  {
    id: 'own-namespace',
    severity: 'critical',
    finds: 'may read the gate’s keys, or change what runs it, in Sallyport’s own namespace',
    remedy: 'Leave Secrets, ConfigMaps, pods, Deployments, tokens and Leases of this namespace to the installer.',
    scope: 'own',
    powers: [
      [core([...write, 'get', 'list', 'watch'], 'secrets')],
      [core(write, 'configmaps', 'pods', 'services', 'serviceaccounts', 'serviceaccounts/token')],
      [{ verbs: write, group: 'apps', resources: ['deployments', 'deployments/scale', 'replicasets'] }],
      [{ verbs: write, group: 'coordination.k8s.io', resources: ['leases'] }],
      [{ verbs: write, group: 'discovery.k8s.io', resources: ['endpointslices'] }],
    ],
  },
  {
    id: 'standing-rights',
    severity: 'note',
    finds: 'may enter pods by RBAC at all times. The gate asks for an access, but while it is open, nothing does',
    remedy: 'Take the right away: an access brings it for its time.',
    scope: 'gated',
    powers: [
      [core(['get', 'create'], 'pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'services/proxy')],
      [core(['update', 'patch'], 'pods/ephemeralcontainers')],
    ],
  },
]
