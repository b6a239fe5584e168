/**
 * The name, help and labels of each metric. docs/metrics.md is made from this table. A name never changes its meaning.
 */
export const metricTable = {
  sallyport_decisions_total: {
    type: 'counter',
    help: 'Answers of the webhooks. Equal denials within a second all count.',
    labels: ['webhook', 'verdict', 'code', 'way'],
  },
  sallyport_decision_duration_seconds: {
    type: 'histogram',
    help: 'Time of a decision, from the body to the answer. Of equal denials within a second only the first counts.',
    labels: ['webhook', 'verdict'],
  },
  sallyport_denials_merged_total: {
    type: 'counter',
    help: 'Denials that were merged into the event of an equal denial within a second.',
    labels: [],
  },
  sallyport_calls_refused_total: {
    type: 'counter',
    help:
      'Calls of the webhooks that were refused before their review was read, by reason: ' +
      'unproven (nothing shows that the caller is the API server), ' +
      'unchecked (the proof could not be looked up), crowded (too many bytes in memory), lifecycle (the ' +
      'replica starts or ends), malformed, failed.',
    labels: ['reason'],
  },
  sallyport_review_bytes_in_flight: {
    type: 'gauge',
    help: 'Bytes of reviews in memory, with 16 KiB for each call. webhooks.bytesInFlight is the limit.',
    labels: [],
  },
  sallyport_audit_deliveries_total: {
    type: 'counter',
    help: 'Attempts to deliver an audit event, by sink and outcome: delivered, failed.',
    labels: ['sink', 'outcome'],
  },
  sallyport_audit_queue_events: {
    type: 'gauge',
    help:
      'Audit events not yet delivered to this sink, with all other events of their link. ' +
      'Only the leader reports it.',
    labels: ['sink'],
  },
  sallyport_audit_oldest_undelivered_seconds: {
    type: 'gauge',
    help: 'Age of the oldest audit event not yet delivered to this sink, or 0. Only the leader reports it.',
    labels: ['sink'],
  },
  sallyport_audit_records: {
    type: 'gauge',
    help: 'Audit events that the cluster keeps. Events that every sink has are deleted soon.',
    labels: [],
  },
  sallyport_audit_waiting_events: {
    type: 'gauge',
    help:
      'Audit events in the cluster that some sink does not have yet, as this replica sees them. ' +
      'At audit.maxWaiting nobody is let in.',
    labels: [],
  },
  sallyport_audit_unkept_events: {
    type: 'gauge',
    help: 'Audit events that wait in memory until the cluster keeps them.',
    labels: [],
  },
  sallyport_kubernetes_events_total: {
    type: 'counter',
    help:
      'Kubernetes Events by outcome: written, failed, crowded (too many waited), over_budget (too many of one ' +
      'namespace).',
    labels: ['outcome'],
  },
  sallyport_tampering_total: {
    type: 'counter',
    help: 'Objects of Sallyport that were found changed or removed, by code.',
    labels: ['code'],
  },
  sallyport_certificate_expiry_timestamp_seconds: {
    type: 'gauge',
    help:
      'Unix time at which a certificate expires. leaf: the one that this replica serves. ' +
      'ca: the CA that signs it. For a CA that Sallyport makes, only the leader reports it.',
    labels: ['certificate'],
  },
  sallyport_installation_faults: {
    type: 'gauge',
    help:
      'Objects of the installation that are not as they should be, 1 for each, by the code of docs/errors.md. ' +
      'E_NOT_RESTORED stays for an hour ' +
      'after the last time that somebody undid a restoration. Only the leader reports it.',
    labels: ['code', 'kind', 'name'],
  },
  sallyport_nodes_proxy_holders: {
    type: 'gauge',
    help:
      'Users, groups and service accounts that hold nodes/proxy. They can run commands in pods past the gate. ' +
      'cluster: Kubernetes itself gave it to them. others: all others. Only the leader reports it.',
    labels: ['sort'],
  },
  sallyport_validator_answers_total: {
    type: 'counter',
    help: 'Questions to the validators of the config by outcome: valid, invalid, failed (no answer that can be used).',
    labels: ['validator', 'outcome'],
  },
  sallyport_validator_duration_seconds: {
    type: 'histogram',
    help: 'Time until a validator answered, or until Sallyport gave up.',
    labels: ['validator'],
  },
  sallyport_ready: {
    type: 'gauge',
    help: '1 if this replica was ready when /readyz was last asked, else 0.',
    labels: [],
  },
  sallyport_leader: { type: 'gauge', help: '1 if this replica leads, else 0.', labels: [] },
  sallyport_requests: {
    type: 'gauge',
    help: 'AccessRequests by phase. Only the leader reports it.',
    labels: ['phase'],
  },
  sallyport_config_last_reload_successful: {
    type: 'gauge',
    help:
      '1 if the config file is right, as this replica last read it. 0: it is wrong, and the config before stays in ' +
      'force.',
    labels: [],
  },
  sallyport_config_last_reload_success_timestamp_seconds: {
    type: 'gauge',
    help: 'Time at which this replica last took over the config file, in seconds since 1970.',
    labels: [],
  },
  sallyport_config_info: {
    type: 'gauge',
    help: '1, with the SHA-256 of the config in force. Replicas with equal hashes decide by the same config.',
    labels: ['hash'],
  },
  sallyport_config_restart_needed: {
    type: 'gauge',
    help: '1 for each field that changed in the config file and takes effect only when the replica is restarted.',
    labels: ['field'],
  },
  sallyport_queue_depth: {
    type: 'gauge',
    help: 'Keys that wait to be reconciled or are being reconciled, by queue. Only the leader reports it.',
    labels: ['queue'],
  },
  sallyport_queue_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the key that waits or is in hand the longest, by queue, or 0. Only the leader reports it.',
    labels: ['queue'],
  },
  sallyport_queue_adds_total: {
    type: 'counter',
    help: 'Keys that were added to this queue. A key that waits already does not count.',
    labels: ['queue'],
  },
  sallyport_queue_retries_total: {
    type: 'counter',
    help: 'Reconciliations that failed and will be tried again, by queue.',
    labels: ['queue'],
  },
  sallyport_watch_last_contact_seconds: {
    type: 'gauge',
    help:
      'Time since the API server last sent anything through the watch of this resource: an event, a bookmark, or the ' +
      'start of an answer. It sends a bookmark about every minute. Only the leader reports it.',
    labels: ['resource'],
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
