/** An example of each section of the config file. A section without an example does not generate. */
export const configExamples: Readonly<Record<string, string>> = {
  general: `enforcement: Observe
denialHint: 'Ask in #platform. The plugin: https://example.org/kubectl-access'
drainDelay: 15s
excludedNamespaces: [kube-system]`,
  webhooks: `webhooks: { port: 9443, bytesInFlight: 64Mi }`,
  callers: `callers:
  certificate: { caFile: /etc/sallyport/callers/ca.crt, names: [kube-apiserver] }`,
  health: `health: { host: 127.0.0.1, port: 8081 }`,
  tls: `tls: { lifetime: 720h, caLifetime: 8760h }`,
  exemptions: `exemptions:
  - why: backups run a command in the database pods
    subjects: [{ kind: ServiceAccount, namespace: backup, name: runner }]
    namespaces: [database]
    subresources: [pods/exec]`,
  breakGlass: `breakGlass: { subjects: [{ kind: Group, name: incident-commanders }] }`,
  identity: `identity: { impersonation: Record, extraKeys: [example.org/team] }`,
  grants: `grants: { requireDigest: true }`,
  requests: `requests: { pendingTimeout: 8h, retention: 720h, maxUnfinished: 20 }`,
  workloads: `workloads:
  - { apiVersion: argoproj.io/v1alpha1, kind: Rollout, plural: rollouts, workloadRef: spec.workloadRef }`,
  audit: `audit:
  redact: [{ pattern: '(?i)^--password$', redacts: NextWord }]
  sinks:
    - name: siem
      url: https://audit.example.org/events
      mode: Required
      secretFiles: [/etc/sallyport/siem/secret]`,
  validators: `validators:
  - name: ticket-check
    url: https://tickets.example.org/validate
    secretFiles: [/etc/sallyport/tickets/secret]`,
  selfCheck: `selfCheck: { interval: 1m, onDifference: Report }`,
}
