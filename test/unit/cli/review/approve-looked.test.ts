import { afterEach, expect, jest, test } from '@jest/globals'
import { apiVersion } from '../../../../src/api/kinds/kind.ts'
import { approveLooked } from '../../../../src/cli/review/approve-looked.ts'
import { apiErrorOf } from '../../../../src/cluster/client/api-error.ts'
import type { Client } from '../../../../src/cluster/client/client.ts'
import { pending } from '../../../fixtures/example-access.ts'

afterEach(() => {
  jest.restoreAllMocks()
})

test('an approval is told with its undo, also if the approver may not see what comes of it', async () => {
  const message = 'accessrequests is forbidden: user "bob" cannot list them'
  const refused = apiErrorOf('GET /apis', 403, JSON.stringify({ message }))
  const grant = {
    apiVersion,
    kind: 'AccessGrant',
    metadata: { name: 'look-abcde', namespace: 'shop', uid: 'g', resourceVersion: '1' },
  }
  const calls: Pick<Client, 'call' | 'list'> = {
    call: () => Promise.resolve(grant),
    list: () => Promise.reject(refused),
  }
  const out = jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  const errors = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
  const looked = { request: pending(), template: undefined, grants: [], me: { username: 'bob' }, mayGrant: true }

  expect(await approveLooked({ client: calls as Client, flags: ' --context=a' }, looked, {})).toBe(0)
  expect(out.mock.calls.join('')).toBe(
    'You approved look by AccessGrant look-abcde.\nUndo: kubectl access revoke look -n shop --context=a\n',
  )
  expect(errors.mock.calls.join('')).toBe(`It could not be read what came of it: ${message}\n`)
})
