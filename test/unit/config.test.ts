import { describe, expect, test } from '@jest/globals'
import { loadConfig, parseConfig } from '../../src/config.ts'

const head = 'apiVersion: config.sallyport.dev/v1alpha1\nkind: SallyportConfig\n'

test('what is left out has its default', () => {
  expect(parseConfig(head, 'f')).toEqual({
    apiVersion: 'config.sallyport.dev/v1alpha1',
    kind: 'SallyportConfig',
    enforcement: 'Enforce',
    webhooks: { host: '::', port: 8443 },
    health: { host: '::', port: 8080 },
    tls: { certFile: '/etc/sallyport/tls/tls.crt', keyFile: '/etc/sallyport/tls/tls.key' },
    drainDelayMs: 10_000,
    exemptions: [],
    identity: { proofKeys: ['authentication.kubernetes.io/credential-id'], extraKeys: [], impersonation: 'Deny' },
    grants: { requireDigest: true },
    requests: { pendingTimeoutMs: 86_400_000, retentionMs: 604_800_000 },
    excludedNamespaces: [],
    workloads: [],
  })
})

test('what is given stays, beside defaults', () => {
  const config = parseConfig(`${head}health: {port: 9}\nidentity: {impersonation: Record}\ndrainDelay: 1m`, 'f')

  expect(config.health).toEqual({ host: '::', port: 9 })
  expect(config.identity.proofKeys).toHaveLength(1)
  expect(config.drainDelayMs).toBe(60_000)
})

test('it is frozen to the depths', () => {
  const config = parseConfig(head, 'f')

  expect(() => {
    config.identity.proofKeys.push('x')
  }).toThrow(TypeError)
})

describe('a bad config is refused with file, field and remedy', () => {
  const exemption = (fields: string): string => `${head}exemptions: [{why: w, subresources: [pods/exec], ${fields}}]`

  test.each([
    ['f: config.kind is missing', 'apiVersion: config.sallyport.dev/v1alpha1'],
    ['f: config.enforcement must be one of Enforce, Observe, not "Off"', `${head}enforcement: Off`],
    ['f: config.exemption is not a known field; known are apiVersion, kind, enforcement,', `${head}exemption: []`],
    ['f: config.webhooks.port must be <= 65535, and is 70000', `${head}webhooks: {port: 70000}`],
    ['f: config.webhooks.port must be integer, and is "8443"', `${head}webhooks: {port: "8443"}`],
    ['f: config.drainDelay must match', `${head}drainDelay: 1d`],
    ['f: config.exemptions[0].subjects must NOT have fewer than 1 items', exemption('subjects: []')],
    [
      'f: config.exemptions[0].subjects[0].namespace is missing',
      exemption('subjects: [{kind: ServiceAccount, name: a}]'),
    ],
    [
      'f: config.exemptions[0].subjects[0].namespace is for a ServiceAccount alone, not a Group',
      exemption('subjects: [{kind: Group, name: a, namespace: b}]'),
    ],
    ['f is no YAML', 'a: [b'],
    ['f: config must be object', ''],
  ])('%s', (message, text) => {
    expect(() => parseConfig(text, 'f')).toThrow(message)
  })

  test('a file that cannot be read is named', () => {
    expect(() => loadConfig('/no/such/config.yaml')).toThrow('/no/such/config.yaml cannot be read')
  })
})
