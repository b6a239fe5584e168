import { expect, test } from '@jest/globals'
import { createSeriesTable } from '../../../../src/audit/kubernetes-events/event-series.ts'
import type { KubernetesEvent } from '../../../../src/audit/kubernetes-events/kubernetes-event.ts'

const event: KubernetesEvent = {
  id: 'id-1',
  time: '2026-11-29T10:00:00.000000Z',
  count: 1,
  type: 'Warning',
  reason: 'Denied',
  action: 'Exec',
  note: 'no',
  controller: 'sallyport',
  regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'app', name: 'web' },
}
const again: KubernetesEvent = { ...event, id: 'id-2', time: '2026-11-29T10:01:00.000000Z', count: 3 }

test('the same within six minutes goes on a series, and is counted in it', () => {
  const table = createSeriesTable()
  expect(table.goOn(event, 0)).toBeUndefined()
  const series = table.begin(event, 0)

  expect(table.goOn(again, 359_999)).toBe(series)
  expect(series).toMatchObject({ count: 4, last: again, event })
  // The six minutes count from the last event.
  expect(table.goOn(event, 2 * 359_999)).toBe(series)
})

test.each<[string, KubernetesEvent, number]>([
  ['six minutes later', again, 360_000],
  ['another note', { ...again, note: 'still no' }, 1],
  ['another object', { ...again, regarding: { ...event.regarding, name: 'db' } }, 1],
])('%s: a series of its own', (_title, other, now) => {
  const table = createSeriesTable()
  table.begin(event, 0)

  expect(table.goOn(other, now)).toBeUndefined()
})

test('what was forgotten begins anew', () => {
  const table = createSeriesTable()
  table.begin(event, 0)
  table.forget(again)

  expect(table.goOn(again, 1)).toBeUndefined()
})
