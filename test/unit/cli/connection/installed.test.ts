import { expect, test } from '@jest/globals'
import { explained } from '../../../../src/cli/connection/installed.ts'
import { apiErrorOf } from '../../../../src/cluster/client/api-error.ts'
import type { Client } from '../../../../src/cluster/client/client.ts'

// The errors of these tests need no question to the API server.
const client = {} as Client

test('a gate that is down is told, with the page for it', async () => {
  const message =
    'Internal error occurred: failed calling webhook "requests.access.sallyport.dev": failed to call webhook: context deadline exceeded'
  const error = apiErrorOf('POST /apis/access.sallyport.dev/v1alpha1', 500, JSON.stringify({ message }))

  expect(String(await explained(error, client, 'context a'))).toMatch(
    /context deadline exceeded\nThe gate of Sallyport does not answer\. .*docs\/emergency\.md/,
  )
})

test.each([
  ['of another webhook', 'failed calling webhook "a.example"', 500],
  ['on another kind', 'pods is forbidden', 403],
])('an error %s stays as it is', async (_what, message, status) => {
  const error = apiErrorOf('GET /api/v1/namespaces/a/pods', status, JSON.stringify({ message }))

  expect(await explained(error, client, 'context a')).toBe(error)
})
