import { expect, test } from '@jest/globals'
import { readableUntil } from '../../../../src/provision/task/task-end.ts'
import { at } from '../../../fixtures/example-access.ts'

const ready = { type: 'Ready', status: 'True', reason: 'Provisioned', message: '' } as const
const status = { conditions: [{ ...ready, lastTransitionTime: '2026-11-21T12:00:00.000000Z' }] }
const result = { container: 'task-u', exitCode: 0 }

test.each<[string, object, number]>([
  ['is whole in the status', { output: 'é\n', outputBytes: 3 }, 0],
  ['is empty', { output: '', outputBytes: 0 }, 0],
  ['cannot be read', { outputProblem: 'gone' }, 0],
  ['is longer', { output: '2\n', outputBytes: 4 }, at('12:00:05')],
  ['is escaped in the status', { output: String.raw`\u001b[2J`, outputBytes: 4 }, at('12:00:05')],
])('an output that %s', (_title, output, until) => {
  expect(readableUntil(status, { ...result, ...output })).toBe(until)
})

test('an access that never was ready is not kept for a reader', () => {
  expect(readableUntil({}, { ...result, output: '2\n', outputBytes: 4 })).toBeLessThanOrEqual(5_000)
})
