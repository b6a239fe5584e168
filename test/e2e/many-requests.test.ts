import { expect, test } from '@jest/globals'
import { applied, requestFile, storedRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { kubectlOk, type KubectlUser } from '../fixtures/kubectl.ts'
import { until } from '../fixtures/until.ts'

// One person may have only so many unfinished requests in a namespace. With more, other people's requests would wait
// behind them.
const namespace = 'many-requests'
gatedNamespace(namespace, () => Promise.resolve(), { requests: { maxUnfinished: 3 } })

async function outcome(user: KubectlUser, name: string): Promise<{ phase?: string; message?: string }> {
  await applied(user, requestFile(namespace, name, { exec: { pod: 'not-there', waitForPod: true } }))
  return until(`the controller has looked at ${name}`, async () => {
    const { status } = await storedRequest(namespace, name)
    return status?.phase === undefined ? undefined : status
  })
}

test('one person may have so many unfinished requests in a namespace, however many other people have', async () => {
  for (const name of ['one', 'two', 'three']) expect(await outcome('alice', name)).toMatchObject({ phase: 'Pending' })

  const { phase, message } = await outcome('alice', 'four')

  expect(phase).toBe('Failed')
  expect(message).toContain('one person may have 3 unfinished requests in a namespace, and you already have ')
  expect(message).toContain(`${namespace}/three of alice`)
  expect(message).toContain('(E_REQUEST_LIMIT). Revoke or delete one of your requests')
  expect(await outcome('mallory', 'another')).toMatchObject({ phase: 'Pending' })

  await kubectlOk('alice', ['delete', 'areq/two', '-n', namespace])
  expect(await outcome('alice', 'five')).toMatchObject({ phase: 'Pending' })
  expect(await outcome('alice', 'six')).toMatchObject({ phase: 'Failed' })
})
