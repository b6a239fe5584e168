/** A panel of the dashboard. */
export interface Panel {
  readonly title: string
  /** A unit of Grafana. */
  readonly unit: 'short' | 's' | 'bytes' | 'ops' | 'dateTimeAsIso'
  readonly lines: readonly PanelLine[]
}

interface PanelLine {
  /** A query in PromQL. It reads only metrics of Sallyport. */
  readonly expr: string
  /** The name of each line, with labels of Prometheus. */
  readonly legend: string
}

const p = (quantile: number): PanelLine => ({
  expr: `histogram_quantile(${quantile}, sum by (le) (rate(sallyport_decision_duration_seconds_bucket[$__rate_interval])))`,
  legend: `p${quantile * 100}`,
})

const one = (title: string, unit: Panel['unit'], expr: string, legend: string): Panel => ({
  title,
  unit,
  lines: [{ expr, legend }],
})

/** The panels of the dashboard, from the gate to the leader, the audit and the config. */
export const panels: readonly Panel[] = [
  one(
    'Decisions',
    'ops',
    'sum by (webhook, verdict) (rate(sallyport_decisions_total[$__rate_interval]))',
    '{{webhook}} {{verdict}}',
  ),
  one(
    'Denials by code',
    'ops',
    'sum by (code) (rate(sallyport_decisions_total{verdict="deny"}[$__rate_interval]))',
    '{{code}}',
  ),
  { title: 'Time of a decision', unit: 's', lines: [p(0.5), p(0.99)] },
  one('Calls refused', 'ops', 'sum by (reason) (rate(sallyport_calls_refused_total[$__rate_interval]))', '{{reason}}'),
  {
    title: 'Ready and leading',
    unit: 'short',
    lines: [
      { expr: 'sum(sallyport_ready)', legend: 'ready' },
      { expr: 'sum(sallyport_leader)', legend: 'leading' },
    ],
  },
  one('Reviews in memory', 'bytes', 'max by (pod) (sallyport_review_bytes_in_flight)', '{{pod}}'),
  one('Requests', 'short', 'max by (phase) (sallyport_requests)', '{{phase}}'),
  one('Keys in queues', 'short', 'max by (queue) (sallyport_queue_depth)', '{{queue}}'),
  one('Oldest key in a queue', 's', 'max by (queue) (sallyport_queue_oldest_seconds)', '{{queue}}'),
  {
    title: 'Work in queues',
    unit: 'ops',
    lines: [
      { expr: 'sum by (queue) (rate(sallyport_queue_adds_total[$__rate_interval]))', legend: '{{queue}} added' },
      { expr: 'sum by (queue) (rate(sallyport_queue_retries_total[$__rate_interval]))', legend: '{{queue}} retried' },
    ],
  },
  one('Silence of watches', 's', 'max by (resource) (sallyport_watch_last_contact_seconds)', '{{resource}}'),
  one(
    'Faults of the installation',
    'short',
    'max by (code, kind, name) (sallyport_installation_faults)',
    '{{code}} {{kind}} {{name}}',
  ),
  one(
    'Audit deliveries',
    'ops',
    'sum by (sink, outcome) (rate(sallyport_audit_deliveries_total[$__rate_interval]))',
    '{{sink}} {{outcome}}',
  ),
  one('Oldest event not delivered', 's', 'max by (sink) (sallyport_audit_oldest_undelivered_seconds)', '{{sink}}'),
  one('Audit events that wait', 'short', 'max(sallyport_audit_waiting_events)', 'waiting'),
  one(
    'Answers of validators',
    'ops',
    'sum by (validator, outcome) (rate(sallyport_validator_answers_total[$__rate_interval]))',
    '{{validator}} {{outcome}}',
  ),
  one('Holders of nodes/proxy', 'short', 'max by (sort) (sallyport_nodes_proxy_holders)', '{{sort}}'),
  one(
    'Time until a certificate expires',
    's',
    'min by (certificate) (sallyport_certificate_expiry_timestamp_seconds) - time()',
    '{{certificate}}',
  ),
  one('Replicas by config', 'short', 'count by (hash) (sallyport_config_info)', '{{hash}}'),
]
