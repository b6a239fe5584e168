import { describe, expect, test } from '@jest/globals'
import { stringify } from 'yaml'
import { changeOf } from '../../../src/config/config-change.ts'
import { checkedConfig, configOf } from '../../../src/config/config.ts'
import { sectionEffects, type ConfigSection } from '../../../src/config/section-effects.ts'

const head = { apiVersion: 'config.sallyport.dev/v1alpha1', kind: 'SallyportConfig' }
const fileOf = (fields: object = {}): ReturnType<typeof checkedConfig> =>
  checkedConfig(stringify({ ...head, ...fields }), 'f')

const callee = { name: 'one', url: 'https://example.org', secretFiles: ['/s'] }
/** Another value of each section than its default. */
const changes: Readonly<Record<ConfigSection, unknown>> = {
  enforcement: 'Observe',
  denialHint: 'Ask.',
  webhooks: { port: 1 },
  callers: { addresses: ['10.0.0.1'] },
  health: { port: 1 },
  tls: { certFile: '/a', keyFile: '/b' },
  drainDelay: '1s',
  exemptions: [{ why: 'a', subjects: [{ kind: 'User', name: 'a' }], subresources: ['pods/exec'] }],
  breakGlass: { subjects: [{ kind: 'User', name: 'a' }] },
  identity: { impersonation: 'Record' },
  grants: { requireDigest: false },
  requests: { retention: '1h' },
  workloads: [{ apiVersion: 'a.example/v1', kind: 'A', plural: 'as' }],
  audit: { sinks: [callee] },
  validators: [callee],
  selfCheck: { interval: '1m' },
  excludedNamespaces: ['kube-system'],
}

describe.each(Object.entries(changes))('a change of %s', (section, value) => {
  const before = fileOf()
  const after = fileOf({ [section]: value })
  const { next, changed, waiting } = changeOf(before, after)

  test('is in force or waits, as its row says, and is a config', () => {
    if (sectionEffects[section as ConfigSection] === 'live') {
      expect({ next, changed, waiting }).toEqual({ next: after, changed: [section], waiting: [] })
    } else {
      expect({ next, changed }).toEqual({ next: before, changed: [] })
      expect(waiting).not.toEqual([])
    }
    expect(() => configOf(next)).not.toThrow()
  })
})

test('of a section with fields, those that differ wait; a list waits as a whole', () => {
  const { waiting } = changeOf(fileOf(), fileOf({ health: { host: '127.0.0.1', port: 1 }, validators: [callee] }))

  expect(waiting).toEqual(['health.host', 'health.port', 'validators'])
})

test('what waits is left out, and all else is taken over', () => {
  const before = fileOf({ webhooks: { port: 9443 } })
  const { next, changed } = changeOf(before, fileOf({ webhooks: { port: 1 }, denialHint: 'Ask.' }))

  expect(next).toEqual(fileOf({ webhooks: { port: 9443 }, denialHint: 'Ask.' }))
  expect(changed).toEqual(['denialHint'])
})
