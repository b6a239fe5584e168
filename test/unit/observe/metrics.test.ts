import { beforeEach, expect, test } from '@jest/globals'
import type { DecisionEvent } from '../../../src/audit/event/decision-event.ts'
import { addCounts, createMetrics, type Metrics } from '../../../src/observe/metrics.ts'
import { metricTable } from '../../../src/observe/metric-table.ts'

const now = 1_795_000_000_000
const decision: DecisionEvent = {
  id: 'id',
  uid: 'uid',
  caller: ['path'],
  webhook: 'gate.access.sallyport.dev',
  verdict: 'deny',
  code: 'E_NO_PASS',
  message: 'no',
  resource: 'pods/exec',
  attempts: 3,
  durationMs: 4,
}

let metrics: Metrics
beforeEach(() => {
  metrics = createMetrics(() => now, 'gate')
})

/** Returns the lines of a metric, without its name. */
async function shown(name: string): Promise<readonly string[]> {
  const { text } = await metrics.render()
  return text.split('\n').flatMap((line) => (line.startsWith(name) ? [line.slice(name.length)] : []))
}

test('merged denials count each', async () => {
  metrics.onDecision(decision)

  expect(await shown('sallyport_decisions_total')).toEqual([
    '{webhook="gate.access.sallyport.dev",verdict="deny",code="E_NO_PASS",way="pods/exec"} 3',
  ])
  expect(await shown('sallyport_denials_merged_total')).toEqual([' 2'])
  expect(await shown('sallyport_decision_duration_seconds_bucket')).toContain(
    '{le="0.005",webhook="gate.access.sallyport.dev",verdict="deny"} 1',
  )
})

test('what validators answer is counted in their words, with its time', async () => {
  for (const outcome of ['yes', 'no', 'failed', 'failed'] as const) {
    metrics.onValidatorAnswer({ validator: 'tickets', outcome, ms: 4 })
  }

  expect(await shown('sallyport_validator_answers_total')).toEqual([
    '{validator="tickets",outcome="valid"} 1',
    '{validator="tickets",outcome="invalid"} 1',
    '{validator="tickets",outcome="failed"} 2',
  ])
  expect(await shown('sallyport_validator_duration_seconds_bucket')).toContain('{le="0.005",validator="tickets"} 4')
})

test('what the self-check found is shown while the replica leads', async () => {
  const fault = { code: 'E_NOT_RESTORED', kind: 'ValidatingWebhookConfiguration', name: 'sallyport' } as const
  const holders = { others: ['User alice'], ofTheCluster: ['Group system:masters', 'Group system:nodes'] }
  metrics.measured.selfCheck = { faults: () => [fault], holders: () => holders }

  expect(await shown('sallyport_installation_faults')).toEqual([
    '{code="E_NOT_RESTORED",kind="ValidatingWebhookConfiguration",name="sallyport"} 1',
  ])
  expect(await shown('sallyport_nodes_proxy_holders')).toEqual(['{sort="cluster"} 2', '{sort="others"} 1'])

  metrics.measured.selfCheck = undefined
  expect(await shown('sallyport_installation_faults')).toEqual([])
})

test('what anybody may call a resource makes no new series', async () => {
  for (let call = 0; call < 5; call++) metrics.onDecision({ ...decision, resource: `made-up-${call}` })

  expect(await shown('sallyport_decisions_total')).toHaveLength(1)
})

test('what both threads have counted is shown as one', async () => {
  const controller = createMetrics(() => now, 'controller')
  for (const each of [metrics, controller]) {
    each.onDelivery('archive', 'delivered')
    each.measured.records = { kept: () => 7, waiting: () => 3 }
    each.measured.inMemory = () => 2
  }
  controller.measured.phases = () => ['Active']

  const { text } = await metrics.render(structuredClone(await controller.measure()))

  const lines = text.split('\n')
  expect(lines).toContain('sallyport_audit_deliveries_total{sink="archive",outcome="delivered"} 2')
  expect(lines).toContain('sallyport_audit_records 7')
  expect(lines).toContain('sallyport_audit_waiting_events 3')
  expect(lines).toContain('sallyport_audit_unkept_events 4')
  expect(lines).toContain('sallyport_leader 1')
  expect(lines).toContain('sallyport_requests{phase="Active"} 1')
  const named = (name: string): readonly string[] => lines.filter((line) => line.startsWith(name))
  // Both threads have an event loop, and only the process has memory of its own.
  expect(named('nodejs_eventloop_lag_max_seconds')).toEqual([
    expect.stringMatching(/^nodejs_eventloop_lag_max_seconds [\d.]+$/),
    expect.stringMatching(/^nodejs_eventloop_lag_max_seconds\{thread="controller"\} [\d.]+$/),
  ])
  expect(named('process_resident_memory_bytes')).toHaveLength(1)
})

test('the counts of threads that have ended are added, and their gauges are gone', async () => {
  const ended = createMetrics(() => now, 'controller')
  ended.onDelivery('archive', 'delivered')
  ended.onValidatorAnswer({ validator: 'tickets', outcome: 'yes', ms: 4 })
  ended.measured.phases = () => ['Active']
  const measured = structuredClone(await ended.measure())
  const counts = structuredClone(await addCounts(await addCounts([], measured), measured))
  const runs = createMetrics(() => now, 'controller')
  runs.onDelivery('archive', 'delivered')

  const { text } = await metrics.render([...counts, ...structuredClone(await runs.measure())])

  const lines = text.split('\n')
  expect(lines).toContain('sallyport_audit_deliveries_total{sink="archive",outcome="delivered"} 3')
  expect(lines).toContain('sallyport_validator_duration_seconds_bucket{le="0.005",validator="tickets"} 2')
  expect(lines).toContain('sallyport_leader 0')
  expect(lines.filter((line) => line.startsWith('sallyport_requests{'))).toEqual([])
})

test('the config in force is shown, and what of it waits', async () => {
  metrics.measured.config = () => ({ isFileRight: false, loadedAt: now, hash: 'abc', waiting: ['health.port', 'tls'] })

  expect(await shown('sallyport_config_last_reload_successful')).toEqual([' 0'])
  expect(await shown('sallyport_config_last_reload_success_timestamp_seconds')).toEqual([` ${now / 1_000}`])
  expect(await shown('sallyport_config_info')).toEqual(['{hash="abc"} 1'])
  expect(await shown('sallyport_config_restart_needed')).toEqual(['{field="health.port"} 1', '{field="tls"} 1'])
})

test('the load of each queue and the silence of each watch are shown while the replica leads', async () => {
  for (const queue of ['requests', 'requests', 'passes']) metrics.onQueued(queue)
  metrics.onRetried('passes')
  metrics.measured.work = {
    queues: () => [{ queue: 'requests', depth: 3, oldestMs: 1_500 }],
    watches: () => [{ resource: 'jobs.batch', silentMs: 61_000 }],
  }

  expect(await shown('sallyport_queue_depth')).toEqual(['{queue="requests"} 3'])
  expect(await shown('sallyport_queue_oldest_seconds')).toEqual(['{queue="requests"} 1.5'])
  expect(await shown('sallyport_queue_adds_total')).toEqual(['{queue="requests"} 2', '{queue="passes"} 1'])
  expect(await shown('sallyport_queue_retries_total')).toEqual(['{queue="passes"} 1'])
  expect(await shown('sallyport_watch_last_contact_seconds')).toEqual(['{resource="jobs.batch"} 61'])
  metrics.measured.work = undefined
  expect(await shown('sallyport_queue_depth')).toEqual([])
})

test('what the leader knows is measured when it is asked for, and gone with the leadership', async () => {
  metrics.measured.phases = () => ['Active', 'Pending', 'Active']
  metrics.measured.backlog = () => [
    { sink: 'archive', events: 2, oldest: now - 5_000 },
    { sink: 'siem', events: 0, oldest: undefined },
  ]

  expect(await shown('sallyport_leader')).toEqual([' 1'])
  expect(await shown('sallyport_requests')).toEqual(['{phase="Active"} 2', '{phase="Pending"} 1'])
  expect(await shown('sallyport_audit_queue_events')).toEqual(['{sink="archive"} 2', '{sink="siem"} 0'])
  expect(await shown('sallyport_audit_oldest_undelivered_seconds')).toEqual(['{sink="archive"} 5', '{sink="siem"} 0'])
  metrics.measured.phases = undefined
  metrics.measured.backlog = undefined
  expect(await shown('sallyport_leader')).toEqual([' 0'])
  expect(await shown('sallyport_requests')).toEqual([])
  expect(await shown('sallyport_audit_queue_events')).toEqual([])
})

test('each of the table is there, with its help, and named as Prometheus has it', async () => {
  const { text } = await metrics.render()

  for (const [name, { type, help }] of Object.entries(metricTable)) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`)
    expect(name).toMatch(type === 'counter' ? /_total$/ : /^sallyport_[a-z_]+$/)
  }
})
