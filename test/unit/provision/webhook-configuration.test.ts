import { describe, expect, test } from '@jest/globals'
import { webhookConfigurations, type WebhookSettings } from '../../../src/provision/install/webhook-configuration.ts'
import { waysIn } from '../../../src/api/way-in.ts'
import { allMatches } from '../../../webhooks/all-matches.ts'
import { connectMatch } from '../../../webhooks/connect.ts'

const settings: WebhookSettings = {
  enforcement: 'Enforce',
  excludedNamespaces: [],
  clientConfig: (path) => ({ url: `https://127.0.0.1:1${path}` }),
}

function validating(given: WebhookSettings): unknown {
  return webhookConfigurations([connectMatch], given).find(({ kind }) => kind === 'ValidatingWebhookConfiguration')?.[
    'webhooks'
  ]
}
const webhook = (validating(settings) as readonly unknown[])[0]

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
    expect(validating({ ...settings, enforcement: 'Observe' })).toMatchObject([{ failurePolicy: 'Ignore' }])
  })

  test('namespaces are left out by the name that the API server itself sets', () => {
    expect(validating({ ...settings, excludedNamespaces: ['a', 'b'] })).toMatchObject([
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['a', 'b'] }],
        },
      },
    ])
  })
})

test('who asks and who grants is stamped also while nothing is enforced', () => {
  const [mutating] = webhookConfigurations(allMatches, {
    ...settings,
    enforcement: 'Observe',
    excludedNamespaces: ['a'],
  })

  expect(mutating).toMatchObject({
    kind: 'MutatingWebhookConfiguration',
    webhooks: [{ failurePolicy: 'Fail' }, { failurePolicy: 'Fail' }, { failurePolicy: 'Fail' }],
  })
  expect(JSON.stringify(mutating)).not.toContain('namespaceSelector')
})
