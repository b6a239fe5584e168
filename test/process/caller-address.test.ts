import { expect, test } from '@jest/globals'
import { Agent } from 'undici'
import { startGateProcess, type GateProcess } from '../fixtures/gate-process.ts'
import { postReview, type PostedAnswer } from '../fixtures/post-review.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'

async function post({ url, ca }: GateProcess): Promise<PostedAnswer> {
  const agent = new Agent({ connect: { ca } })
  try {
    return await postReview({ url, agent }, '/connect', reviewBody(execReview()))
  } finally {
    await agent.close()
  }
}

function from(...addresses: readonly string[]): object {
  return { callers: { path: { mode: 'Off' }, addresses } }
}

test('a caller at an address that the config lists is answered', async () => {
  await using gate = await startGateProcess(from('192.0.2.0/24', '127.0.0.1'))

  expect(await post(gate)).toMatchObject({ status: 200, body: { response: { allowed: false } } })
})

test('a caller at another address is refused before its review is read', async () => {
  await using gate = await startGateProcess(from('192.0.2.0/24', 'fd00::/8', '127.0.0.2'))

  expect(await post(gate)).toMatchObject({
    status: 403,
    body: {
      kind: 'Status',
      message: expect.stringContaining('lacks an address that callers.addresses of the config lists (E_CALLER)'),
    },
  })
})

test('a gate that cannot look at the path says so, and lets the API server call again', async () => {
  await using gate = await startGateProcess({ callers: {} })

  expect(await post(gate)).toMatchObject({
    status: 503,
    body: {
      kind: 'Status',
      message: expect.stringContaining('Sallyport cannot check now whether the call has the path'),
    },
  })
})
