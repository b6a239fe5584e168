import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { startHealthServer, type HealthServer } from '../../../src/server/health-server.ts'
import { until } from '../../fixtures/until.ts'

let server: HealthServer
let looks: PromiseWithResolvers<string | undefined>[]

beforeEach(async () => {
  looks = []
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    notReady: () => {
      const look = Promise.withResolvers<string | undefined>()
      looks.push(look)
      return look.promise
    },
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
  })
})
afterEach(() => server.close())

async function ask(path: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`)
  return `${answer.status} ${await answer.text()}`
}

test('many calls for readiness at one time cause one look', async () => {
  const first = Array.from({ length: 20 }, () => ask('/readyz'))
  await until('the look', () => looks.length > 0)
  // By then all of the twenty have been heard.
  expect(await ask('/livez')).toBe('200 ok')
  expect(looks).toHaveLength(1)
  looks[0]?.resolve('draining')
  expect(new Set(await Promise.all(first))).toEqual(new Set(['503 not ready: draining']))

  const next = ask('/readyz')
  await until('another look', () => looks.length > 1)
  looks[1]?.resolve(undefined)
  expect(await next).toBe('200 ok')
})

test('a look that fails is no readiness, and not the last', async () => {
  const failed = ask('/readyz')
  await until('the look', () => looks.length > 0)
  looks[0]?.reject(new Error('a bug'))
  expect(await failed).toMatch(/^500 /)

  const next = ask('/readyz')
  await until('another look', () => looks.length > 1)
  looks[1]?.resolve(undefined)
  expect(await next).toBe('200 ok')
})
