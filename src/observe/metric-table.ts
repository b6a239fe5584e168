/** Name, help and labels of each metric: docs/metrics.md is made of it. A name never changes its meaning. */
export const metricTable = {
  sallyport_decisions_total: {
    type: 'counter',
    help: 'Answers of the webhooks. Of denials that were the same within a second, each counts.',
    labels: ['webhook', 'verdict', 'code', 'way'],
  },
  sallyport_decision_duration_seconds: {
    type: 'histogram',
    help: 'How long they took, from the body to the answer. Of merged denials, the first counts.',
    labels: ['webhook', 'verdict'],
  },
  sallyport_denials_merged_total: {
    type: 'counter',
    help: 'Denials that were told with another that was the same.',
    labels: [],
  },
  sallyport_calls_refused_total: {
    type: 'counter',
    help:
      'Calls of the webhooks that were refused before there was a review: unproven (nothing shows that it is the API server), ' +
      'unchecked (the proof could not be looked up), crowded (too many bytes in memory), lifecycle (the replica starts or ends), malformed, failed.',
    labels: ['reason'],
  },
  sallyport_review_bytes_in_flight: {
    type: 'gauge',
    help: 'Bytes of reviews in memory, with 16 KiB for each call; webhooks.bytesInFlight is the most.',
    labels: [],
  },
  sallyport_audit_deliveries_total: {
    type: 'counter',
    help: 'Attempts to deliver an audit event, by sink and outcome: delivered, failed.',
    labels: ['sink', 'outcome'],
  },
  sallyport_audit_queue_events: {
    type: 'gauge',
    help: 'Audit events that a sink does not have yet, or not all of whose link it has. Of the leader alone.',
    labels: ['sink'],
  },
  sallyport_audit_oldest_undelivered_seconds: {
    type: 'gauge',
    help: 'Age of the oldest of them; 0 where there is none. Of the leader alone.',
    labels: ['sink'],
  },
  sallyport_audit_records: {
    type: 'gauge',
    help: 'Audit events that are kept in the cluster. What every sink has is deleted soon.',
    labels: [],
  },
  sallyport_audit_waiting_events: {
    type: 'gauge',
    help: 'Those of them that some sink does not have yet, as this replica sees them. From audit.maxWaiting on nobody is let in.',
    labels: [],
  },
  sallyport_audit_unkept_events: {
    type: 'gauge',
    help: 'Audit events of what has happened that wait in memory to be kept.',
    labels: [],
  },
  sallyport_kubernetes_events_total: {
    type: 'counter',
    help: 'Kubernetes Events by outcome: written, failed, crowded (too many waited), over_budget (too many of one namespace).',
    labels: ['outcome'],
  },
  sallyport_tampering_total: {
    type: 'counter',
    help: 'What was found changed or removed that is Sallyport’s, by code.',
    labels: ['code'],
  },
  sallyport_installation_faults: {
    type: 'gauge',
    help:
      'Objects of the installation that are not as they should be, 1 for each, by the code of docs/errors.md. E_NOT_RESTORED stays for an hour ' +
      'after the last time that somebody undid a restoration. Of the leader alone.',
    labels: ['code', 'kind', 'name'],
  },
  sallyport_nodes_proxy_holders: {
    type: 'gauge',
    help:
      'Users, groups and service accounts that hold nodes/proxy, and so run commands in pods past the gate: cluster (those that Kubernetes itself made so), ' +
      'others. Of the leader alone.',
    labels: ['sort'],
  },
  sallyport_validator_answers_total: {
    type: 'counter',
    help: 'Questions to the validators of the config by outcome: valid, invalid, failed (no answer that can be used).',
    labels: ['validator', 'outcome'],
  },
  sallyport_validator_duration_seconds: {
    type: 'histogram',
    help: 'How long a validator took to answer, or until that was given up.',
    labels: ['validator'],
  },
  sallyport_leader: { type: 'gauge', help: '1 where this replica leads, else 0.', labels: [] },
  sallyport_requests: {
    type: 'gauge',
    help: 'AccessRequests by phase. Of the leader alone.',
    labels: ['phase'],
  },
} as const satisfies Record<
  string,
  { type: 'counter' | 'gauge' | 'histogram'; help: string; labels: readonly string[] }
>

export type MetricName = keyof typeof metricTable

export type GaugeName = {
  [Name in MetricName]: (typeof metricTable)[Name]['type'] extends 'gauge' ? Name : never
}[MetricName]

/** The labels of a metric. */
export type LabelsOf<Name extends MetricName> = Readonly<Record<(typeof metricTable)[Name]['labels'][number], string>>
