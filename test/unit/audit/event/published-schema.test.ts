import { expect, test } from '@jest/globals'
import { auditExamples } from '../../../../scripts/docs/audit-examples.ts'
import { breachesOf, undocumentedIn } from '../../../fixtures/published-schema.ts'

const examples = auditExamples()

test.each(examples)(
  'the example of $type keeps docs/audit-event.schema.json, which names each of its fields',
  (event) => {
    expect(breachesOf(event)).toEqual([])
    expect(undocumentedIn(event)).toEqual([])
  },
)

test.each<[string, (event: Record<string, unknown>) => object]>([
  ['lacks its time', ({ time: _, ...others }) => others],
  ['has an id that is too long', (event) => ({ ...event, id: 'x'.repeat(65) })],
  ['has a requestor without a name', (event) => ({ ...event, data: { requestor: {} } })],
  ['has a command that is no list', (event) => ({ ...event, data: { asked: { access: 'exec', command: 'id' } } })],
])('an event that %s breaks it', (_title, change) => {
  expect(breachesOf(change({ ...examples[0] }))).not.toEqual([])
})

test('what a newer version adds keeps it', () => {
  expect(breachesOf({ ...examples[0], type: 'dev.sallyport.session.ended.v1', data: { session: {} } })).toEqual([])
})
