import { expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import { awaitReady, type AwaitReadyOptions } from '../../../../src/controller/requests/await-ready.ts'
import { active, at } from '../../../fixtures/example-access.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

test('where there is nothing to ask the API server, an access is not ready, and is looked at again', async () => {
  const again: string[] = []
  const clock = { now: () => at('12:30:00'), earliest: () => at('12:30:00') }
  const queue = { addAfter: (key: string) => again.push(key) }
  // No kind of access is named: another version may have stored it so.
  const { exec: _exec, ...spec } = active().spec
  const request: AccessRequest = { ...active(), spec }
  const look = { made: new Map(), latest: request, signal: AbortSignal.timeout(10_000) }
  const carriedOut: unknown[] = []
  // The client and the views are left out, because nothing is asked of them.
  const parts: Partial<AwaitReadyOptions> = { clock, queue, policy: planPolicy }

  await awaitReady(
    parts as AwaitReadyOptions,
    (one, next) => {
      carriedOut.push(next)
      return Promise.resolve(one)
    },
    { ...unknownFacts, request, listed: true },
    look,
  )

  expect(again).toEqual(['shop/look'])
  expect(carriedOut).toEqual([])
})
