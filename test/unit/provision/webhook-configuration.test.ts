import { describe, expect, test } from '@jest/globals'
import {
  validatingWebhookConfiguration,
  type WebhookSettings,
} from '../../../src/provision/install/webhook-configuration.ts'
import { waysIn } from '../../../src/api/way-in.ts'
import { connectMatch } from '../../../webhooks/connect.ts'

const settings: WebhookSettings = {
  enforcement: 'Enforce',
  excludedNamespaces: [],
  clientConfig: (path) => ({ url: `https://127.0.0.1:1${path}` }),
}
const [webhook] = validatingWebhookConfiguration([connectMatch], settings).webhooks

test('it fails closed, in time, and never selects by object', () => {
  expect(webhook).toMatchObject({ failurePolicy: 'Fail', timeoutSeconds: 5, matchPolicy: 'Equivalent' })
  // A CONNECT has no labels: a selector, even a matching one, switches the webhook off.
  expect(webhook).not.toHaveProperty('objectSelector')
  expect(webhook).not.toHaveProperty('namespaceSelector')
})

test('it listens to every way in that the gate knows', () => {
  expect(connectMatch.rules.flatMap(({ resources }) => resources).toSorted()).toEqual([...waysIn].toSorted())
})

describe('settings', () => {
  test('Observe stops nobody while the gate is down', () => {
    const observing = validatingWebhookConfiguration([connectMatch], { ...settings, enforcement: 'Observe' })

    expect(observing.webhooks).toMatchObject([{ failurePolicy: 'Ignore' }])
  })

  test('namespaces are left out by the name that the API server itself sets', () => {
    const leaving = validatingWebhookConfiguration([connectMatch], { ...settings, excludedNamespaces: ['a', 'b'] })

    expect(leaving.webhooks).toMatchObject([
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['a', 'b'] }],
        },
      },
    ])
  })
})
