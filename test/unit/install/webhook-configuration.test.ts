import { describe, expect, test } from '@jest/globals'
import { webhookConfigurations, type WebhookSettings } from '../../../src/install/webhook-configuration.ts'
import type { BreakGlassSubject } from '../../../src/api/subject.ts'
import { waysIn } from '../../../src/api/review/way-in.ts'
import { allMatches } from '../../../webhooks/all.ts'
import { connectMatch } from '../../../src/install/gate-matches.ts'
import { deletionMatch } from '../../../webhooks/deletions.ts'
import { tamperingMatch } from '../../../webhooks/tampering.ts'

const identity = { proofKeys: ['authentication.kubernetes.io/credential-id'], impersonation: 'Deny' } as const
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

test('all of them ask the platforms that edit webhook configurations to leave them alone', () => {
  const all = webhookConfigurations(allMatches({ breakGlass: { subjects: [] }, identity }), settings)

  expect(all).toHaveLength(2)
  for (const { metadata } of all) {
    expect(metadata.labels).toMatchObject({
      'admissions.enforcer/disabled': 'true',
      'remediation.webhook.shoot.gardener.cloud/exclude': 'true',
    })
  }
})

test('it listens to every way in that the gate knows', () => {
  expect(connectMatch.rules.flatMap(({ resources }) => resources).toSorted()).toEqual([...waysIn].toSorted())
})

test('it names every path that a version before has called, since replicas of two versions run in an upgrade', () => {
  const matches = allMatches({ breakGlass: { subjects: [{ kind: 'User', name: 'carol' }] }, identity })

  // Leave out a path only if no configuration of the version before names it. Then no replica is called under it.
  expect(matches.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      '/connect',
      '/break-glass',
      '/deletions',
      '/tampering',
      '/requests',
      '/grants',
      '/templates',
    ]),
  )
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
  const [mutating] = webhookConfigurations(allMatches({ breakGlass: { subjects: [] }, identity }), {
    ...settings,
    enforcement: 'Observe',
    excludedNamespaces: ['a'],
  })

  expect(mutating).toMatchObject({
    kind: 'MutatingWebhookConfiguration',
    webhooks: [...Array.from({ length: 3 }, () => ({ failurePolicy: 'Fail' })), { failurePolicy: 'Ignore' }],
  })
  expect(JSON.stringify(mutating)).not.toContain('namespaceSelector')
})

describe('break-glass', () => {
  const carol = { kind: 'User', name: 'carol' } as const
  const oncall = { kind: 'Group', name: 'on-call' } as const
  const proof = 'request.userInfo.?extra[?"authentication.kubernetes.io/credential-id"].hasValue()'
  const named =
    '(request.userInfo.username in ["carol"] || request.userInfo.?groups.orValue([]).exists(group, group in ["on-call"]))'

  function entries(subjects: readonly BreakGlassSubject[], impersonation: 'Deny' | 'Record'): unknown {
    const matches = allMatches({ breakGlass: { subjects }, identity: { ...identity, impersonation } })
    const [, configuration] = webhookConfigurations(matches, { ...settings, excludedNamespaces: ['a'] })
    const webhooks = configuration?.['webhooks'] as readonly { readonly name: string }[]
    return webhooks.filter(({ name }) => name !== deletionMatch.name)
  }

  test('nobody is named: the gate hears of everybody, and there is no other webhook', () => {
    expect(entries([], 'Deny')).toHaveLength(1)
    expect(entries([], 'Deny')).toMatchObject([{ matchConditions: connectMatch.matchConditions }])
  })

  test('those named skip the gate, and another webhook, which can stop nobody, hears of just these', () => {
    const breaksGlass = `${named} && (request.userInfo.?uid.orValue('') != '' || ${proof})`

    expect(entries([carol, oncall], 'Deny')).toMatchObject([
      {
        name: 'gate.access.sallyport.dev',
        failurePolicy: 'Fail',
        matchConditions: [{ name: 'enters' }, { name: 'no-break-glass', expression: `!(${breaksGlass})` }],
      },
      {
        name: 'break-glass.access.sallyport.dev',
        failurePolicy: 'Ignore',
        timeoutSeconds: 1,
        clientConfig: { url: 'https://127.0.0.1:1/break-glass' },
        rules: connectMatch.rules,
        namespaceSelector: { matchExpressions: [{ values: ['a'] }] },
        matchConditions: [{ name: 'enters' }, { name: 'break-glass', expression: breaksGlass }],
      },
    ])
  })

  test('where impersonation is only recorded, it needs no proof of a direct login', () => {
    expect(entries([carol, oncall], 'Record')).toMatchObject([
      { matchConditions: [{ name: 'enters' }, { expression: `!(${named})` }] },
      { matchConditions: [{ name: 'enters' }, { expression: named }] },
    ])
  })
})

test('what only tells stops nobody, and what is removed with a namespace waits for nobody', () => {
  const matches = [deletionMatch, tamperingMatch]
  const told = webhookConfigurations(matches, { ...settings, excludedNamespaces: ['a'] }).flatMap(
    (configuration) => configuration['webhooks'] as readonly object[],
  )

  expect(told).toHaveLength(2)
  for (const webhook of told) {
    expect(webhook).toMatchObject({ failurePolicy: 'Ignore', timeoutSeconds: 1 })
    expect(webhook).not.toHaveProperty('namespaceSelector')
    expect(JSON.stringify(webhook)).toContain('namespace-controller')
  }
})
