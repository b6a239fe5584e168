import { describe, expect, test } from '@jest/globals'
import { clientConfigAt } from '../../../src/install/client-config.ts'
import { guardPolicies } from '../../../src/install/guard-policy.ts'
import { installationOwner } from '../../../src/api/installation-owner.ts'
import type { OwnerReference } from '../../../src/api/owner-reference.ts'
import { canBeMade, differencesOf, mended, ownedBy, withLiveCaBundle } from '../../../src/install/live-difference.ts'
import { injectionAnnotation, webhookConfigurations } from '../../../src/install/webhook-configuration.ts'
import type { Manifest } from '../../../src/api/manifest.ts'
import { allMatches } from '../../../webhooks/all.ts'

const identity = { proofKeys: ['id'], impersonation: 'Deny' } as const
const gate = 'webhooks[gate.access.sallyport.dev]'

function rendered(caBundle?: string, injectCaFrom?: string): Manifest {
  const [, validating] = webhookConfigurations(allMatches({ breakGlass: { subjects: [] }, identity }), {
    enforcement: 'Enforce',
    excludedNamespaces: [],
    clientConfig: clientConfigAt({ calledAt: 'Service' }, caBundle),
    injectCaFrom,
  })
  if (!validating) throw new Error('there is no validating configuration')
  return validating
}

interface Webhook {
  readonly rules: readonly object[]
  readonly clientConfig: object
}

/** Returns the configuration as the API server gives it back, with its defaults. The gate's entry has the changes. */
function live(changes: object = {}, more: readonly object[] = []): Manifest {
  const [webhook, ...others] = rendered('Q0E=')['webhooks'] as readonly Webhook[]
  return {
    ...rendered(),
    webhooks: [{ ...webhook, namespaceSelector: {}, objectSelector: {}, ...changes }, ...others, ...more],
  }
}
const [{ rules, clientConfig }] = rendered('Q0E=')['webhooks'] as [Webhook]

test('what the API server fills in is no difference', () => {
  expect(differencesOf(rendered('Q0E='), live())).toEqual([])
  for (const policy of guardPolicies()) expect(differencesOf(policy, { ...policy, status: { seen: 1 } })).toEqual([])
})

test('what the API server leaves out since it is empty is no difference, and what is missing is one', () => {
  const wanted = { ...rendered(), webhooks: [], spec: { properties: {}, selectableFields: [], required: ['a'] } }

  expect(differencesOf(wanted, { metadata: wanted.metadata, spec: { required: ['a'] } })).toEqual([])
  expect(differencesOf(wanted, { metadata: wanted.metadata, spec: {} })).toEqual([
    'spec.required is absent, and should be ["a"]',
  ])
})

describe('owners', () => {
  const owner = installationOwner('role-1')
  const owned = ownedBy(rendered('Q0E='), owner)
  const foreign = { apiVersion: 'v1', kind: 'ConfigMap', name: 'other', uid: 'map-1' }
  const withOwners = (...ownerReferences: readonly OwnerReference[]): Manifest => {
    const plain = live()
    return { ...plain, metadata: { ...plain.metadata, ownerReferences } }
  }

  test.each<[string, readonly OwnerReference[], readonly string[]]>([
    ['is as it should be', [owner], []],
    ['is missing', [], ['metadata.ownerReferences[sallyport (uid role-1)] is absent']],
    ['has another beside it', [owner, foreign], ['metadata.ownerReferences[other (uid map-1)] is {']],
    [
      'holds the owner up',
      [{ ...owner, blockOwnerDeletion: true }],
      ['.blockOwnerDeletion is true, and should be false'],
    ],
    [
      'is of an installation that is gone',
      [installationOwner('role-0')],
      ['[sallyport (uid role-1)] is absent', '[sallyport (uid role-0)] is {'],
    ],
  ])('an owner that %s', (_title, owners, found) => {
    const differences = differencesOf(owned, withOwners(...owners))
    expect(differences).toEqual(found.map((one) => expect.stringContaining(one) as unknown))
    expect(mended(owned, withOwners(...owners)).metadata.ownerReferences).toEqual([owner])
  })

  test('of an object that the installer made are the installer’s', () => {
    expect(differencesOf(rendered('Q0E='), withOwners(foreign))).toEqual([])
    expect(mended(rendered('Q0E='), withOwners(foreign)).metadata.ownerReferences).toEqual([foreign])
  })
})

test('labels and annotations of others are none, a missing label of ours is one', () => {
  const wanted = rendered('Q0E=')
  const { labels } = wanted.metadata
  const metadata = { ...wanted.metadata, labels: { ...labels, team: 'a' }, annotations: { a: 'b' } }

  expect(differencesOf(wanted, { ...live(), metadata })).toEqual([])
  expect(differencesOf(wanted, { ...live(), metadata: { ...metadata, labels: {} } })).toContain(
    'metadata.labels[app.kubernetes.io/name] is absent, and should be "sallyport"',
  )
})

describe('what opens the gate is a difference', () => {
  const selector = { matchLabels: { a: 'b' } }
  test.each([
    ['a gate that is ignored', { failurePolicy: 'Ignore' }, `${gate}.failurePolicy is "Ignore", and should be "Fail"`],
    ['an objectSelector', { objectSelector: selector }, `${gate}.objectSelector.matchLabels is {"a":"b"}`],
    ['a namespaceSelector', { namespaceSelector: selector }, `${gate}.namespaceSelector.matchLabels is {"a":"b"}`],
    ['a rule less', { rules: rules.slice(1) }, `${gate}.rules[0].operations[0] is "UPDATE", and should be "CONNECT"`],
    [
      'a condition',
      { matchConditions: [{ name: 'x', expression: 'false' }] },
      `${gate}.matchConditions[x] is {"name":"x","expression":"false"}, and should be absent`,
    ],
    ['another matchPolicy', { matchPolicy: 'Exact' }, `${gate}.matchPolicy is "Exact", and should be "Equivalent"`],
    [
      'another CA',
      { clientConfig: { ...clientConfig, caBundle: 'T1RIRVI=' } },
      `${gate}.clientConfig.caBundle is "T1RIRVI=", and should be "Q0E="`,
    ],
    [
      'another server',
      { clientConfig: { url: 'https://open.example', caBundle: 'Q0E=' } },
      `${gate}.clientConfig.url is "https://open.example", and should be absent`,
    ],
    ['a field that nobody knows yet', { newField: 1 }, `${gate}.newField is 1, and should be absent`],
  ])('%s', (_title, changes, difference) => {
    expect(differencesOf(rendered('Q0E='), live(changes)).join('\n')).toContain(difference)
  })

  test('a webhook more, a webhook less, no content at all', () => {
    const wanted = rendered('Q0E=')

    expect(differencesOf(wanted, live({}, [{ name: 'more' }]))).toEqual([
      'webhooks[more] is {"name":"more"}, and should be absent',
    ])
    expect(differencesOf(wanted, { ...live(), webhooks: [] })).toHaveLength(2)
    expect(differencesOf(wanted, { metadata: wanted.metadata })).toHaveLength(1)
  })
})

test('mended, it is as rendered, and keeps what others put into its metadata', () => {
  const found = live({ failurePolicy: 'Ignore', objectSelector: { matchLabels: { a: 'b' } } })
  const metadata = { ...found.metadata, labels: { team: 'a' }, resourceVersion: '7', uid: 'u' }

  const put = mended(rendered('Q0E='), { ...found, metadata })

  expect(differencesOf(rendered('Q0E='), put)).toEqual([])
  expect(put.metadata).toMatchObject({ labels: { team: 'a' }, resourceVersion: '7', uid: 'u' })
})

describe('where the config names no CA', () => {
  test('that of the live object stays, whichever it is', () => {
    const found = live()

    expect(differencesOf(withLiveCaBundle(rendered(), found), found)).toEqual([])
  })

  test('an entry that is missing gets that of another', () => {
    const found = { ...live({}, []), webhooks: [{ name: 'other', clientConfig: { caBundle: 'Q0E=' } }] }

    expect(withLiveCaBundle(rendered(), found)['webhooks']).toEqual(rendered('Q0E=')['webhooks'])
  })
})

describe('where cert-manager injects the CA', () => {
  const wanted = (caBundle: string): Manifest => rendered(caBundle, 'ns/certificate')

  test('the live CA stays, and a lacking annotation is a difference that is mended', () => {
    const found = { ...live(), metadata: { ...live().metadata, annotations: { theirs: 'kept' } } }
    const kept = withLiveCaBundle(wanted('T1RIRVI='), found)

    expect(differencesOf(kept, found)).toEqual([
      `metadata.annotations[${injectionAnnotation}] is absent, and should be "ns/certificate"`,
    ])
    const put = mended(kept, found)
    expect(differencesOf(kept, put)).toEqual([])
    expect(put.metadata.annotations).toEqual({ theirs: 'kept', [injectionAnnotation]: 'ns/certificate' })
  })

  test('a configuration that is made has the CA of the file', () => {
    expect(canBeMade(wanted('Q0E='))).toBe(true)
    expect(withLiveCaBundle(wanted('Q0E='), { metadata: {}, webhooks: [] })['webhooks']).toEqual(
      rendered('Q0E=')['webhooks'],
    )
  })
})

test('an annotation that hands caBundle to a CA injector goes, unless we want it', () => {
  const plain = live()
  const handedOver = { ...plain.metadata.annotations, other: 'stays', 'cert-manager.io/inject-ca-from-secret': 'a/b' }
  const changed = { ...plain, metadata: { ...plain.metadata, annotations: handedOver } }

  expect(differencesOf(rendered('Q0E='), changed)).toEqual([
    expect.stringContaining('metadata.annotations[cert-manager.io/inject-ca-from-secret] is "a/b"'),
  ])
  expect(mended(rendered('Q0E='), changed).metadata.annotations).toEqual({
    ...plain.metadata.annotations,
    other: 'stays',
  })
})
