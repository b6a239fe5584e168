import { panels, type Panel } from './panels.ts'

// Grafana divides a dashboard into 24 columns.
const panelsInRow = 3
const width = 24 / panelsInRow
const height = 8

const source = { type: 'prometheus', uid: '${datasource}' }

/** Returns the dashboard in the JSON model of Grafana. */
export function dashboard(): object {
  return {
    uid: 'sallyport',
    title: 'Sallyport',
    tags: ['sallyport'],
    schemaVersion: 39,
    editable: true,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: { list: [{ name: 'datasource', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map(panel),
  }
}

function panel({ title, unit, lines }: Panel, index: number): object {
  return {
    id: index + 1,
    type: 'timeseries',
    title,
    datasource: source,
    gridPos: { x: (index % panelsInRow) * width, y: Math.floor(index / panelsInRow) * height, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: lines.map(({ expr, legend }, line) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + line),
      datasource: source,
      expr,
      legendFormat: legend,
    })),
  }
}
