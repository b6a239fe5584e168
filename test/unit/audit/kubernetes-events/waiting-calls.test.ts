import { expect, test } from '@jest/globals'
import { createWaitingCalls, type WaitingCalls } from '../../../../src/audit/kubernetes-events/waiting-calls.ts'

interface Scene {
  readonly calls: WaitingCalls
  /** The names of the calls that have begun. */
  readonly begun: string[]
  readonly told: string[]
  /** Adds a call that lasts until `end`. */
  readonly add: (name: string) => { readonly end: PromiseWithResolvers<undefined> }
}

function scene(): Scene {
  const [begun, told]: [string[], string[]] = [[], []]
  const calls = createWaitingCalls({
    atOnce: 2,
    maxWaiting: 2,
    onCrowded: () => told.push('crowded'),
    onFailure: (error) => told.push(String(error)),
  })
  return {
    calls,
    begun,
    told,
    add(name) {
      const end = Promise.withResolvers<undefined>()
      calls.add(() => {
        begun.push(name)
        return end.promise
      })
      return { end }
    },
  }
}

test('so many are made at once, so many wait, and what is more is lost', async () => {
  const { calls, begun, told, add } = scene()
  const added = ['a', 'b', 'c', 'd', 'e'].map(add)
  expect([begun, told]).toEqual([['a', 'b'], ['crowded']])

  for (const { end } of added) end.resolve(undefined)
  await calls.idle()
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})

test('one that fails is told, and the next is made', async () => {
  const { calls, begun, told, add } = scene()
  const [first, second, third] = ['a', 'b', 'c'].map(add)
  first?.end.reject(new Error('etcd is full'))
  second?.end.resolve(undefined)
  third?.end.resolve(undefined)
  await calls.idle()

  expect([begun, told]).toEqual([['a', 'b', 'c'], ['Error: etcd is full']])
})

test('what has not begun is dropped', async () => {
  const { calls, begun, add } = scene()
  const added = ['a', 'b', 'c'].map(add)
  calls.drop()
  for (const { end } of added) end.resolve(undefined)
  await calls.idle()

  expect(begun).toEqual(['a', 'b'])
})
