import { expect, test } from '@jest/globals'
import type { AuditEvent, AuditPosition } from '../../../../src/api/audit-event.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { createNumbering, type NumberedWrite } from '../../../../src/audit/record/numbering.ts'

const events = (count: number): readonly AuditEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    ...envelope('gate.denied', `id-${index}`, { source: '/test', now: 1_795_000_000_000 }),
    data: {},
  }))
const positionsOf = (write: NumberedWrite): readonly (AuditPosition | undefined)[] =>
  write.events.map(({ data }) => data.position)

test('a write says which numbers before it are not settled, until they are', () => {
  const numbering = createNumbering('boot')
  const first = numbering.begin(events(2))
  const second = numbering.begin(events(1))
  first.end()
  const third = numbering.begin(events(1))

  expect([first, second, third].flatMap(positionsOf)).toEqual([
    { boot: 'boot', sequence: 1 },
    { boot: 'boot', sequence: 2 },
    { boot: 'boot', sequence: 3, unsettled: [1, 2] },
    { boot: 'boot', sequence: 4, unsettled: [3] },
  ])
})

test('the next write declares void what failed, and so does the one after it where that fails, too', () => {
  const numbering = createNumbering('boot')
  for (let index = 0; index < 2; index++) {
    const failed = numbering.begin(events(2))
    failed.makeVoid()
    failed.end()
  }
  const next = numbering.begin(events(2))
  next.end()

  expect(positionsOf(next)).toEqual([
    { boot: 'boot', sequence: 5, void: [{ from: 1, to: 4 }] },
    { boot: 'boot', sequence: 6 },
  ])
  expect(positionsOf(numbering.begin(events(1)))).toEqual([{ boot: 'boot', sequence: 7 }])
})

test('while a write that declares numbers void is under way, the next declares them, too: the first may not arrive', () => {
  const numbering = createNumbering('boot')
  const failed = numbering.begin(events(1))
  failed.makeVoid()
  failed.end()
  const declared = [numbering.begin(events(1)), numbering.begin(events(1))].flatMap(positionsOf)

  expect(declared.map((position) => position?.void)).toEqual([[{ from: 1, to: 1 }], [{ from: 1, to: 1 }]])
})
