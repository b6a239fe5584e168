import { expect, test } from '@jest/globals'
import { createRestorations, type Restorations } from '../../../../src/controller/self-check/restorations.ts'

const minute = 60_000
const selector = 'webhooks[gate].namespaceSelector is {}, and should be absent'
let time = 0

function atWar(intervalMs: number): Restorations {
  const restorations = createRestorations({ clock: { now: () => time }, intervalMs })
  for (let times = 0; times < 2; times += 1) restorations.note('gate', [selector])
  return restorations
}

/** Returns how long until it may be written again, in ms. */
function pause(restorations: Restorations): number {
  const begun = time
  while (!restorations.mayWrite('gate', [selector])) time += 500
  return time - begun
}

test('one restoration is not a war, and the third time is one', () => {
  const restorations = createRestorations({ clock: { now: () => time }, intervalMs: minute })
  restorations.note('gate', [selector])
  expect(restorations.timesAtWar('gate', [selector])).toBeUndefined()
  expect(restorations.mayWrite('gate', [selector])).toBe(true)

  restorations.note('gate', [selector])
  expect(restorations.timesAtWar('gate', [selector])).toBe(2)
})

test('each write of a war waits longer, up to ten seconds', () => {
  const restorations = atWar(1_000)
  const pauses = Array.from({ length: 8 }, () => {
    const waited = pause(restorations)
    restorations.note('gate', [selector])
    return waited
  })

  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000, 10_000])
})

test('a war over one thing holds up nothing else', () => {
  const restorations = atWar(minute)

  expect(restorations.mayWrite('gate', [selector])).toBe(false)
  expect(
    restorations.mayWrite('gate', [selector, 'webhooks[gate].failurePolicy is "Ignore", and should be "Fail"']),
  ).toBe(true)
  expect(restorations.mayWrite('other', [selector])).toBe(true)
})

test('it is over once nothing came back for an hour', () => {
  const restorations = atWar(minute)
  expect(restorations.isAtWar('gate')).toBe(false)
  restorations.note('gate', [selector])
  time += 60 * minute - 1
  expect(restorations.isAtWar('gate')).toBe(true)
  time += 1

  expect(restorations.isAtWar('gate')).toBe(false)
  expect(restorations.mayWrite('gate', [selector])).toBe(true)
})

test('looks that are hours apart see a war, too', () => {
  const restorations = createRestorations({ clock: { now: () => time }, intervalMs: 120 * minute })
  for (let times = 0; times < 3; times += 1) {
    time += 120 * minute
    restorations.note('gate', [selector])
  }

  expect(restorations.timesAtWar('gate', [selector])).toBe(3)
})
