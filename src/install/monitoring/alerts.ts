/** An alert of Prometheus, with the words for the person who is woken by it. */
export interface Alert {
  readonly name: string
  /** The condition in PromQL. It reads only metrics of Sallyport. */
  readonly expr: string
  /** The time for which the condition must hold. */
  readonly holdsFor: string
  readonly severity: 'critical' | 'warning' | 'info'
  /** One line with the labels of the alert. */
  readonly summary: string
  /** Says what it means for users. */
  readonly meaning: string
  /** Says the first steps. */
  readonly steps: string
}

/** Every alert on the gate: users feel these at once. */
const gateAlerts: readonly Alert[] = [
  {
    name: 'SallyportAbsent',
    expr: 'absent(sallyport_leader)',
    holdsFor: '5m',
    severity: 'critical',
    summary: 'No replica of Sallyport is seen.',
    meaning: 'If no replica runs, the API server denies every exec of people without break-glass.',
    steps:
      'Look at the pods: `kubectl -n sallyport-system get pods`. If they run, the ServiceMonitor or a NetworkPolicy keeps Prometheus out.',
  },
  {
    name: 'SallyportGateNotReady',
    expr: 'min by (namespace, pod) (sallyport_ready) == 0',
    holdsFor: '5m',
    severity: 'critical',
    summary: 'Replica {{ $labels.pod }} is not ready.',
    meaning: 'The API server does not call this replica. If no replica is ready, every exec is denied.',
    steps: 'Ask the replica: `/readyz` names what is not right. Look at its log.',
  },
  {
    name: 'SallyportDecisionsFail',
    expr: 'sum by (namespace, code) (increase(sallyport_decisions_total{code=~"E_INTERNAL|E_DEADLINE"}[10m])) > 0',
    holdsFor: '0m',
    severity: 'warning',
    summary: 'The gate denies with {{ $labels.code }}, because it cannot decide.',
    meaning: 'Users with an access are stopped. Nobody gets in who should not.',
    steps: 'The log has `decision failed` with the cause. E_DEADLINE mostly means that the API server or etcd is slow.',
  },
  {
    name: 'SallyportCallsRefused',
    expr: 'sum by (namespace, reason) (rate(sallyport_calls_refused_total{reason=~"unproven|unchecked|crowded"}[10m])) > 0',
    holdsFor: '10m',
    severity: 'warning',
    summary: 'The gate refuses calls: {{ $labels.reason }}.',
    meaning:
      'Reason unproven: a caller is not the API server, or the API server lacks its proof. Reason unchecked: the proof could not be looked up. ' +
      'Reason crowded: too many reviews are in memory.',
    steps: 'The log has `call refused` with the address of the caller. See docs/callers.md.',
  },
  {
    name: 'SallyportCertificateExpires',
    expr: 'min by (namespace, certificate) (sallyport_certificate_expiry_timestamp_seconds) - time() < 7 * 86400',
    holdsFor: '1h',
    severity: 'critical',
    summary: 'The certificate ({{ $labels.certificate }}) expires within a week.',
    meaning: 'After that the API server trusts no replica, and every exec is denied.',
    steps: 'It should have been renewed long before. The log of the leader, or cert-manager, says why it was not.',
  },
]

/** Every alert on the work of the leader. */
const leaderAlerts: readonly Alert[] = [
  {
    name: 'SallyportNoLeader',
    expr: 'max by (namespace) (sallyport_leader) == 0',
    holdsFor: '2m',
    severity: 'critical',
    summary: 'No replica leads.',
    meaning: 'Nothing is provisioned, removed or delivered. The gate still decides.',
    steps:
      'The log says why: `lease-failed`, `leadership changed`. Look at the Lease `sallyport` in `sallyport-system`.',
  },
  {
    name: 'SallyportQueueStuck',
    expr: 'max by (namespace, queue) (sallyport_queue_oldest_seconds) > 300',
    holdsFor: '5m',
    severity: 'warning',
    summary: 'Work in the queue {{ $labels.queue }} has waited for more than 5 minutes.',
    meaning: 'Requests become Ready late, and accesses are removed late. The gate ends an access on time in any case.',
    steps: 'Look at the log for `not reconciled`, and at `sallyport_queue_retries_total`. The API server may be slow.',
  },
  {
    name: 'SallyportWatchSilent',
    expr: 'max by (namespace, resource) (sallyport_watch_last_contact_seconds) > 300',
    holdsFor: '1m',
    severity: 'warning',
    summary: 'The leader has heard nothing of {{ $labels.resource }} for more than 5 minutes.',
    meaning: 'The leader works with an old view of this resource.',
    steps:
      'The log has `a view lost touch` with the cause: the API server, a right that is missing, or a kind of the config that the cluster lacks.',
  },
  {
    name: 'SallyportInstallationFault',
    expr: 'max by (namespace, code, kind, name) (sallyport_installation_faults) > 0',
    holdsFor: '10m',
    severity: 'critical',
    summary: '{{ $labels.kind }} {{ $labels.name }} is not as it should be: {{ $labels.code }}.',
    meaning: 'The gate may be open, or shut for everybody.',
    steps: 'The log has `self-check` with the differences, and with what passes meanwhile. See docs/errors.md.',
  },
  {
    name: 'SallyportTampering',
    expr: 'sum by (namespace, code) (increase(sallyport_tampering_total[15m])) > 0',
    holdsFor: '0m',
    severity: 'warning',
    summary: 'Somebody changed or removed an object of Sallyport: {{ $labels.code }}.',
    meaning: 'Sallyport has put it back, or says that it could not. Meanwhile the gate may have been open.',
    steps: 'The audit events `tamper.found` name the object. The audit log of the API server names the user.',
  },
]

/** Every alert on audit, validators and config. */
const otherAlerts: readonly Alert[] = [
  {
    name: 'SallyportAuditBacklog',
    expr: 'max by (namespace, sink) (sallyport_audit_oldest_undelivered_seconds) > 900',
    holdsFor: '5m',
    severity: 'warning',
    summary: 'The sink {{ $labels.sink }} is more than 15 minutes behind.',
    meaning: 'The events are kept in the cluster. At `audit.maxWaiting` nobody is let in.',
    steps: 'The log has `audit event not delivered` with the answer of the sink. See docs/audit.md.',
  },
  {
    name: 'SallyportAuditAlmostFull',
    expr: 'max by (namespace) (sallyport_audit_waiting_events) > 5000',
    holdsFor: '5m',
    severity: 'critical',
    summary: 'More than 5000 audit events wait for a sink.',
    meaning: 'At `audit.maxWaiting`, which is 10000 by default, nobody is let in. Change this threshold with it.',
    steps: 'Repair the sink, or take it out of the config. See docs/audit.md.',
  },
  {
    name: 'SallyportValidatorFails',
    expr: 'sum by (namespace, validator) (increase(sallyport_validator_answers_total{outcome="failed"}[10m])) > 0',
    holdsFor: '5m',
    severity: 'warning',
    summary: 'The validator {{ $labels.validator }} gives no answer that can be used.',
    meaning: 'Requests and grants that need this validator are denied.',
    steps: 'The log has `a validator gave no answer` with the cause. See docs/validators.md.',
  },
  {
    name: 'SallyportConfigRejected',
    expr: 'min by (namespace, pod) (sallyport_config_last_reload_successful) == 0',
    holdsFor: '5m',
    severity: 'warning',
    summary: 'Replica {{ $labels.pod }} has a wrong config file.',
    meaning: 'The config before stays in force. A replica that is started now would not start.',
    steps: 'The log has `config not reloaded` with every problem. Mend the ConfigMap `sallyport-config`.',
  },
  {
    name: 'SallyportConfigNeedsRestart',
    expr: 'max by (namespace, field) (sallyport_config_restart_needed) > 0',
    holdsFor: '1h',
    severity: 'info',
    summary: 'A change of {{ $labels.field }} in the config waits for a restart.',
    meaning: 'The value before is still in force.',
    steps: 'Restart the replicas: `kubectl -n sallyport-system rollout restart deployment/sallyport`.',
  },
  {
    name: 'SallyportConfigsDiffer',
    expr: 'count by (namespace) (count by (namespace, hash) (sallyport_config_info)) > 1',
    holdsFor: '15m',
    severity: 'warning',
    summary: 'The replicas decide by different configs.',
    meaning: 'The same call may be let in by one replica and denied by another.',
    steps:
      'Compare `sallyport_config_info` of the replicas. One of them may have rejected the file, or wait for a restart.',
  },
]

/** Every alert. docs/metrics.md has a section for each. */
export const alerts: readonly Alert[] = [...gateAlerts, ...leaderAlerts, ...otherAlerts]

/** Returns the place of what to do at an alert, relative to the root of the repository. */
export function runbookOf({ name }: Alert): string {
  return `docs/metrics.md#${name.toLowerCase()}`
}
