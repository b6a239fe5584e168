import { beforeEach, expect, test } from '@jest/globals'
import type { DecisionEvent } from '../../../src/audit/event/decision-event.ts'
import { createMetrics, type Metrics } from '../../../src/observe/metrics.ts'
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
