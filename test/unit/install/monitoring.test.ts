import { describe, expect, test } from '@jest/globals'
import { fieldsOf } from '../../../src/api/fields.ts'
import { codes } from '../../../src/decision/text/codes.ts'
import { alerts, runbookOf } from '../../../src/install/monitoring/alerts.ts'
import { monitoringObjects } from '../../../src/install/monitoring/monitoring-objects.ts'
import { panels } from '../../../src/install/monitoring/panels.ts'
import { metricTable } from '../../../src/observe/metric-table.ts'
import { pages } from '../../fixtures/documents.ts'

const queries = [
  ...alerts.map(({ name, expr }): [string, string] => [name, expr]),
  ...panels.flatMap(({ title, lines }) => lines.map(({ expr }): [string, string] => [title, expr])),
]
const table: Readonly<Record<string, { readonly type: string; readonly labels: readonly string[] }>> = metricTable

/** Returns the metric of the table for a name in a query. A histogram has three. */
function metricOf(name: string): { readonly type: string; readonly labels: readonly string[] } | undefined {
  const histogram = table[name.replace(/_(bucket|sum|count)$/, '')]
  return table[name] ?? (histogram?.type === 'histogram' ? histogram : undefined)
}

describe.each(queries)('%s', (_of, expr) => {
  const names = [...expr.matchAll(/\bsallyport_\w+/g)].map(([name]) => name)

  test('asks for metrics that Sallyport has', () => {
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !metricOf(name))).toEqual([])
  })

  test('takes rates of what only grows, and of nothing else', () => {
    const rated = [...expr.matchAll(/\b(?:rate|increase)\((sallyport_\w+)/g)].map(([, name = '']) => name)
    const grows = names.filter((name) => metricOf(name)?.type !== 'gauge')

    expect(rated).toEqual(grows)
  })

  test('selects and groups by labels that the metrics have', () => {
    const selected = [...expr.matchAll(/[{,]\s*(\w+)\s*=~?"/g)].map(([, label = '']) => label)
    const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/))
    // Prometheus adds these. Buckets have `le`.
    const known = ['namespace', 'pod', 'le', ...names.flatMap((name) => metricOf(name)?.labels ?? [])]

    expect([...selected, ...grouped].filter((label) => !known.includes(label))).toEqual([])
  })
})

test('each code in a query is one', () => {
  const named = queries.flatMap(([, expr]) => [...expr.matchAll(/\bE_[A-Z_]+/g)].map(([code]) => code))

  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((code) => !(code in codes))).toEqual([])
})

test.each(alerts.map((alert) => [alert.name, alert] as const))('%s leads to what to do', (_name, alert) => {
  const [file, anchor] = runbookOf(alert).split('#')
  const page = pages.find((one) => one.file === file)
  const titles = [...(page?.text.matchAll(/^### (.*)$/gm) ?? [])].map(([, title = '']) => title.toLowerCase())

  expect(titles).toContain(anchor)
})

test('alerts and panels have names of their own', () => {
  const names = [...alerts.map(({ name }) => name), ...panels.map(({ title }) => title)]

  expect(new Set(names).size).toBe(names.length)
})

test('a text names only labels that its query leaves', () => {
  for (const { expr, summary } of alerts) {
    const [, grouped = ''] = /^(?:min|max|sum|count) by \(([^)]*)\)/.exec(expr) ?? []
    const named = [...summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label)
    expect(grouped.split(/,\s*/)).toEqual(expect.arrayContaining(named))
  }
})

test('the dashboard is JSON that Grafana takes: each panel has its place, and queries', () => {
  const map = monitoringObjects().find(({ kind }) => kind === 'ConfigMap')
  const text = String(fieldsOf(map?.['data'])['sallyport.json'])
  const { panels: drawn } = JSON.parse(text) as {
    panels: readonly { gridPos: { x: number; y: number; w: number }; targets: readonly object[] }[]
  }

  expect(map?.metadata.labels).toMatchObject({ grafana_dashboard: '1' })
  expect(new Set(drawn.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).toBe(panels.length)
  for (const { gridPos, targets } of drawn) {
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    expect(targets.length).toBeGreaterThan(0)
  }
})
