import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createSchedule } from '../../../../src/cluster/queue/schedule.ts'

const put = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), at: fc.nat(20) })
const take = fc.record({ now: fc.nat(25) })

it('does what a map of earliest moments does', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: put }, take), { maxLength: 200 }), (steps) => {
      const schedule = createSchedule()
      const model = new Map<string, number>()
      for (const step of steps) {
        if ('key' in step) {
          schedule.put(step.key, step.at)
          model.set(step.key, Math.min(step.at, model.get(step.key) ?? Infinity))
        } else {
          const due = [...model].filter(([, at]) => at <= step.now).map(([key]) => key)
          const taken = schedule.takeDue(step.now)
          expect(taken.toSorted()).toEqual(due.toSorted())
          const moments = taken.map((key) => model.get(key) ?? NaN)
          expect(moments).toEqual(moments.toSorted((a, b) => a - b))
          for (const key of due) model.delete(key)
        }
        expect(schedule.next()).toBe(Math.min(...model.values()))
      }
    }),
  )
})
