import { describe, expect, test } from '@jest/globals'
import { readConfigFile, parseConfig } from '../../../src/config/config.ts'

const head = 'apiVersion: config.sallyport.dev/v1alpha1\nkind: SallyportConfig\n'

test('what is left out has its default', () => {
  expect(parseConfig(head, 'f')).toEqual({
    apiVersion: 'config.sallyport.dev/v1alpha1',
    kind: 'SallyportConfig',
    audit: { redact: [], sinks: [], kubernetesEvents: 'On', maxWaiting: 10_000, source: '/sallyport' },
    enforcement: 'Enforce',
    webhooks: { host: '::', port: 8443, calledAt: 'Service', bytesInFlight: 32 * 1024 * 1024 },
    health: { host: '::', port: 8080 },
    tls: { source: 'SelfManaged', lifetimeMs: 90 * 86_400_000, caLifetimeMs: 3 * 365 * 86_400_000 },
    callers: { path: { lifetimeMs: 600_000 }, addresses: [] },
    drainDelayMs: 10_000,
    exemptions: [],
    breakGlass: { subjects: [] },
    identity: { proofKeys: ['authentication.kubernetes.io/credential-id'], extraKeys: [], impersonation: 'Deny' },
    grants: { requireDigest: true },
    requests: {
      pendingTimeoutMs: 86_400_000,
      retentionMs: 604_800_000,
      maxUnfinished: 100,
      direct: { allow: true, reason: { required: false } },
    },
    selfCheck: { intervalMs: 300_000, onDifference: 'Restore' },
    excludedNamespaces: [],
    workloads: [],
    validators: [],
  })
})

test('what is given stays, beside defaults', () => {
  const config = parseConfig(`${head}health: {port: 9}\nidentity: {impersonation: Record}\ndrainDelay: 1m`, 'f')

  expect(config.health).toEqual({ host: '::', port: 9 })
  expect(config.identity.proofKeys).toHaveLength(1)
  expect(config.drainDelayMs).toBe(60_000)
})

test.each(['gate.example', '192.0.2.7', '2001:db8::7'])(
  'the API server may call at %s, and the gate listen elsewhere',
  (calledHost) => {
    const { webhooks } = parseConfig(
      `${head}webhooks: {calledAt: Address, calledHost: "${calledHost}", calledPort: 443}`,
      'f',
    )

    expect(webhooks).toMatchObject({ host: '::', port: 8443, calledAt: 'Address', calledHost, calledPort: 443 })
  },
)

test('what two places share by an alias gets the defaults of each', () => {
  const config = parseConfig(`${head}health: &local {host: "127.0.0.1"}\nwebhooks: *local`, 'f')

  expect(config.health).toEqual({ host: '127.0.0.1', port: 8080 })
  expect(config.webhooks).toMatchObject({ host: '127.0.0.1', port: 8443, calledAt: 'Service' })
})

test('a validator is asked about requests and grants, and waited for two seconds', () => {
  const one = '{name: tickets, url: "https://a.example/", secretFiles: [/s]}'

  expect(parseConfig(`${head}validators: [${one}]`, 'f').validators).toEqual([
    { name: 'tickets', url: 'https://a.example/', secretFiles: ['/s'], on: ['Request', 'Grant'], timeout: '2s' },
  ])
})

test('a kind of workload has its pod template in spec.template, and refers to no other', () => {
  const kind = '{apiVersion: argoproj.io/v1alpha1, kind: Rollout, plural: rollouts}'

  expect(parseConfig(`${head}workloads: [${kind}]`, 'f').workloads).toEqual([
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', plural: 'rollouts', podTemplate: 'spec.template' },
  ])
})

test('it is frozen to the depths', () => {
  const config = parseConfig(head, 'f')

  expect(() => {
    config.identity.proofKeys.push('x')
  }).toThrow(TypeError)
})

describe('a bad config is refused with file, field and remedy', () => {
  const exemption = (fields: string): string => `${head}exemptions: [{why: w, subresources: [pods/exec], ${fields}}]`

  const callee = { name: 'tickets', url: 'https://a.example/', secretFiles: ['/s'] }
  const validators = (...fields: readonly object[]): string =>
    `${head}validators: ${JSON.stringify(fields.map((changes) => ({ ...callee, ...changes })))}`
  const workloads = (kinds: string): string => `${head}workloads: [${kinds}]`
  const sink = (fields: object): string => `${head}audit: ${JSON.stringify({ sinks: [{ ...callee, ...fields }] })}`

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
      'f: config.exemptions[0].subjects[0].namespace is only for a ServiceAccount, not for a Group',
      exemption('subjects: [{kind: Group, name: a, namespace: b}]'),
    ],
    [
      'f: config.breakGlass.subjects[0].name is system:authenticated, which is not only for people: name a Group',
      `${head}breakGlass: {subjects: [{kind: Group, name: "system:authenticated"}]}`,
    ],
    [
      'f: config.breakGlass.subjects[0].name is system:serviceaccount:a:b, which is not only for people',
      `${head}breakGlass: {subjects: [{kind: User, name: "system:serviceaccount:a:b"}]}`,
    ],
    [
      'f: config.breakGlass.subjects[0].kind must be one of User, Group, not "ServiceAccount"',
      `${head}breakGlass: {subjects: [{kind: ServiceAccount, name: a}]}`,
    ],
    [
      'f: config.breakGlass.subjects[0].name is not Unicode text, so no login can have it',
      `${head}breakGlass: {subjects: [{kind: User, name: "a\\ud800"}]}`,
    ],
    ['f: config.selfCheck.interval must be from 1s to 8760h, not 10ms', `${head}selfCheck: {interval: 10ms}`],
    ['f: config.drainDelay must be from 0s to 1h, not 600h', `${head}drainDelay: 600h`],
    ['f: config.requests.pendingTimeout must be from 1s to 8760h, not 0s', `${head}requests: {pendingTimeout: 0s}`],
    [
      'f: config.requests.retention must be from 0s to 87600h, not 9999999999h',
      `${head}requests: {retention: 9999999999h}`,
    ],
    [
      'f: config.webhooks.calledHost is missing: the API server calls one address, and webhooks.host :: means every address',
      `${head}webhooks: {calledAt: Address}`,
    ],
    ...['https://gate.example', 'gate.example:8443', '[::1]', '0.0.0.0', 'fe80::1%eth0'].map((calledHost) => [
      `f: config.webhooks.calledHost must be one IP address or DNS name, not ${calledHost}`,
      `${head}webhooks: {calledAt: Address, calledHost: "${calledHost}"}`,
    ]),
    [
      'f: config.webhooks.calledPort needs calledAt: Address; a Service has an address of its own',
      `${head}webhooks: {calledPort: 443}`,
    ],
    ...['15Mi', '5Gi', '0'].map((bytes) => [
      `f: config.webhooks.bytesInFlight must be from 16Mi to 4Gi, not ${bytes}`,
      `${head}webhooks: {bytesInFlight: ${bytes}}`,
    ]),
    [
      'f: config.callers asks for no proof: set path.mode to Required, or set certificate, token or addresses',
      `${head}callers: {path: {mode: "Off"}}`,
    ],
    ['f: config.callers.path.lifetime must be from 1m to 8760h, not 59s', `${head}callers: {path: {lifetime: 59s}}`],
    ...['10.0.0.0/33', '10.0.0.0/', '10.0.0', 'fd00::/129', 'gate.example'].map((range) => [
      `f: config.callers.addresses[0] is ${range}, and should look like 10.0.0.0/24 or fd00::1`,
      `${head}callers: {addresses: ["${range}"]}`,
    ]),
    ['f: config.validators[0].secretFiles is missing', validators({ secretFiles: undefined })],
    ['f: config.validators[0].url must match ^https://', validators({ url: 'http://a.example/' })],
    ['f: config.validators[0].url is not a URL', validators({ url: 'https://[/' })],
    ['f: config.validators[0].on[0] must be one of Request, Grant, not "Exec"', validators({ on: ['Exec'] })],
    ['f: config.validators[0].timeout must be more than 0s and at most 3s, not 4s', validators({ timeout: '4s' })],
    ['f: config.validators[0].timeout must be more than 0s and at most 3s, not 0s', validators({ timeout: '0s' })],
    ['f: config.validators[1].name is tickets, like an earlier one', validators({}, {})],
    [
      'f: config.audit.sinks[0].types[1] is gate.alowed, and no event has that type: see docs/audit-events.md',
      sink({ types: ['chain', 'gate.alowed'] }),
    ],
    ['f: config.audit.sinks[0].types[0] is gates,', sink({ types: ['gates'] })],
    ['f: config.audit.sinks[0].timeout must be more than 0s and at most 30s, not 8760h', sink({ timeout: '8760h' })],
    [
      'f: config.audit.sinks[0].timeout must be more than 0s and at most 3s, not 5s',
      sink({ mode: 'Required', timeout: '5s' }),
    ],
    [
      'f: config.workloads[0].podTemplate must match',
      workloads('{apiVersion: a.example/v1, kind: A, plural: as, podTemplate: "spec.templates[0]"}'),
    ],
    [
      'f: config.workloads[0] is CronJob of batch, which is built in: leave it out',
      workloads('{apiVersion: batch/v1, kind: CronJob, plural: cronjobs}'),
    ],
    ['f: config.workloads[0] is Pod, which is built in', workloads('{apiVersion: v1, kind: Pod, plural: pods}')],
    [
      'f: config.workloads[1] is A of a.example, like an earlier one',
      workloads('{apiVersion: a.example/v1, kind: A, plural: as}, {apiVersion: a.example/v2, kind: A, plural: as}'),
    ],
    ['f is not YAML', 'a: [b'],
    ['f: config must be object', ''],
    ['f is not YAML', `${head}exemptions: &a [*a]`],
  ])('%s', (message, text) => {
    expect(() => parseConfig(text, 'f')).toThrow(message)
  })

  test('a file that cannot be read is named', () => {
    expect(() => readConfigFile('/no/such/config.yaml')).toThrow('/no/such/config.yaml cannot be read')
  })
})
