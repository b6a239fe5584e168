import { describe, expect, test } from '@jest/globals'
import type { AccessRequestSpec } from '../../../../src/api/kinds/access-request-spec.ts'
import type { AccessTemplate, ClusterAccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import {
  isOffered,
  objectionUnderTemplate,
  type AskedUnderTemplate,
} from '../../../../src/decision/admission/offer-rules.ts'
import { aClusterTemplate, aTemplate } from '../../../fixtures/example-template.ts'

const alice = { username: 'alice', groups: ['dev'] }

function asking(spec: Partial<AccessRequestSpec> = {}, changes: Partial<AskedUnderTemplate> = {}): AskedUnderTemplate {
  return {
    spec: { ...(!spec.shell && { exec: {} }), ...spec },
    requestor: alice,
    namespace: 'shop',
    namespaceLabels: {},
    ...changes,
  }
}

const exec = (offered: object): Partial<AccessTemplate['spec']> => ({
  access: { exec: { target: { kind: 'Deployment', name: 'web' }, ...offered } },
})
const shell = (offered: object = {}): Partial<AccessTemplate['spec']> => ({
  access: { shell: { from: { kind: 'Deployment', name: 'web' }, ...offered } },
})

describe('a template lets ask', () => {
  test.each<[string, Partial<AccessTemplate['spec']>, Partial<AccessRequestSpec>]>([
    ['who is in a group of it', {}, {}],
    ['a user by name', { subjects: [{ kind: 'User', name: 'alice' }] }, {}],
    ['for just its maximum', { duration: { max: '1h' } }, { duration: '60m' }],
    ['with a reason that matches', { reason: { required: true, pattern: '^OPS-\\d+' } }, { reason: 'OPS-1' }],
    ['without a reason that nobody demands', { reason: { required: false } }, {}],
    ['for a container of it', exec({ containers: ['app', 'side'] }), { exec: { container: 'side' } }],
    ['for any container where it names none', {}, { exec: { container: 'side' } }],
    ['for a command of it', exec({ commands: [['id'], ['ls', '/']] }), { exec: { command: ['ls', '/'] } }],
    [
      'for a command of it, with its hole filled',
      exec({ commands: [['cat', '<path>']], holes: [{ name: 'path', pattern: '/var/log/[a-z]+' }] }),
      { exec: { command: ['cat', '/var/log/app'] } },
    ],
    ['for a subresource of it', exec({ subresources: ['log'] }), { exec: { subresources: ['log'] } }],
    ['for a shell', shell(), { shell: {} }],
    [
      'for an amount within its limits, however it is written',
      shell({ limits: { cpu: '1' } }),
      { shell: { resources: { cpu: '1000m' } } },
    ],
  ])('%s', (_title, template, spec) => {
    expect(objectionUnderTemplate(asking(spec), aTemplate(template))).toBeUndefined()
  })

  test('a service account by name and namespace', () => {
    const template = aTemplate({ subjects: [{ kind: 'ServiceAccount', name: 'ci', namespace: 'build' }] })
    const username = 'system:serviceaccount:build:ci'

    expect(objectionUnderTemplate(asking({}, { requestor: { username, groups: [] } }), template)).toBeUndefined()
  })
})

describe('a service account is named', () => {
  const username = 'system:serviceaccount:build:ci'
  const groups = ['system:serviceaccounts', 'system:serviceaccounts:build', 'system:authenticated']

  test.each<[AccessTemplate['spec']['subjects'][number], boolean]>([
    [{ kind: 'ServiceAccount', name: 'ci', namespace: 'build' }, true],
    [{ kind: 'User', name: username }, true],
    [{ kind: 'Group', name: 'system:serviceaccounts' }, true],
    [{ kind: 'Group', name: 'system:serviceaccounts:build' }, true],
    [{ kind: 'Group', name: 'system:serviceaccounts:shop' }, false],
    [{ kind: 'Group', name: 'system:authenticated' }, false],
    [{ kind: 'ServiceAccount', name: 'ci', namespace: 'shop' }, false],
  ])('by %j: %p', (subject, isNamed) => {
    const objection = objectionUnderTemplate(
      asking({}, { requestor: { username, groups } }),
      aTemplate({ subjects: [subject] }),
    )

    expect(objection?.code).toBe(isNamed ? undefined : 'E_TEMPLATE_NOT_YOURS')
  })

  test('by nothing else, as a group that a proxy or a token gave it', () => {
    const requestor = { username, groups: [...groups, 'dev', 'system:serviceaccountsx'] }
    const subjects = ['dev', 'system:serviceaccountsx'].map((name) => ({ kind: 'Group', name }) as const)

    expect(objectionUnderTemplate(asking({}, { requestor }), aTemplate({ subjects }))?.code).toBe(
      'E_TEMPLATE_NOT_YOURS',
    )
  })
})

describe('it refuses, with what is offered,', () => {
  test.each<[string, [code: string, text: string], Partial<AccessTemplate['spec']>, Partial<AccessRequestSpec>]>([
    [
      'who is none of its subjects',
      ['E_TEMPLATE_NOT_YOURS', 'AccessTemplate web is not for alice'],
      { subjects: [{ kind: 'Group', name: 'developers' }] },
      {},
    ],
    [
      'longer than its maximum',
      ['E_TEMPLATE_BEYOND', 'gives access for at most 1h, but spec.duration is 61m'],
      { duration: { max: '1h' } },
      { duration: '61m' },
    ],
    [
      'longer than the default where it says none',
      ['E_TEMPLATE_BEYOND', 'gives access for at most 1h, but spec.duration is 2h'],
      {},
      { duration: '2h' },
    ],
    [
      'a blank reason',
      ['E_TEMPLATE_REASON', 'demands a reason in spec.reason'],
      { reason: { required: true } },
      { reason: ' \u00a0\n' },
    ],
    ['no reason', ['E_TEMPLATE_REASON', 'demands a reason in spec.reason'], { reason: { required: true } }, {}],
    [
      'no reason where one must match',
      ['E_TEMPLATE_REASON', 'demands a reason in spec.reason, matching ^OPS'],
      { reason: { pattern: '^OPS' } },
      {},
    ],
    [
      'a reason that does not match',
      ['E_TEMPLATE_REASON', 'spec.reason does not match ^OPS, as AccessTemplate web demands'],
      { reason: { pattern: '^OPS' } },
      { reason: 'because' },
    ],
    [
      'a pattern that does not compile, fail closed',
      ['E_TEMPLATE_REASON', 'spec.reason does not match ('],
      { reason: { pattern: '(' } },
      { reason: '(' },
    ],
    [
      'another container',
      ['E_TEMPLATE_BEYOND', 'AccessTemplate web offers container app, not side'],
      exec({ containers: ['app'] }),
      { exec: { container: 'side' } },
    ],
    [
      'another command',
      ['E_TEMPLATE_BEYOND', 'AccessTemplate web offers the command ["id"], not ["id","-u"]'],
      exec({ commands: [['id']] }),
      { exec: { command: ['id', '-u'] } },
    ],
    [
      'another word than a hole takes',
      [
        'E_TEMPLATE_BEYOND',
        'AccessTemplate web offers the command ["cat",<path>], ["id"], not ["cat","/etc/shadow"]: ' +
          'word 2 is <path>, which must match /var/log/[a-z]+ as a whole (E_TEMPLATE_BEYOND)',
      ],
      exec({ commands: [['cat', '<path>'], ['id']], holes: [{ name: 'path', pattern: '/var/log/[a-z]+' }] }),
      { exec: { command: ['cat', '/etc/shadow'] } },
    ],
    [
      'another subresource',
      ['E_TEMPLATE_BEYOND', 'does not offer subresource attach; it offers log'],
      exec({ subresources: ['log'] }),
      { exec: { subresources: ['log', 'attach'] } },
    ],
    [
      'another access than it offers',
      ['E_TEMPLATE_BEYOND', 'offers exec, but the request asks for something else'],
      {},
      { shell: {} },
    ],
    [
      'an amount above its limit',
      ['E_TEMPLATE_BEYOND', 'spec.shell.resources.memory asks for 2Gi, but the template allows at most 1Gi'],
      shell({ limits: { memory: '1Gi' } }),
      { shell: { resources: { memory: '2Gi' } } },
    ],
    [
      'an amount without a limit',
      ['E_TEMPLATE_BEYOND', 'spec.shell.resources.cpu asks for 1, but the template does not let requests set it'],
      shell(),
      { shell: { resources: { cpu: '1' } } },
    ],
  ])('%s', (_title, [code, text], template, spec) => {
    expect(objectionUnderTemplate(asking(spec), aTemplate(template))).toMatchObject({
      verdict: 'deny',
      code,
      message: expect.stringContaining(text),
    })
  })

  test('a namespace that it is not for', () => {
    const template = aClusterTemplate({ namespaces: { matchNames: ['bank'] } })

    expect(objectionUnderTemplate(asking(), template)).toMatchObject({
      code: 'E_TEMPLATE_NOT_YOURS',
      message: expect.stringContaining('ClusterAccessTemplate web is not for namespace shop'),
    })
  })
})

describe('a template is for', () => {
  type Namespaces = ClusterAccessTemplate['spec']['namespaces']
  test.each<[string, boolean, Namespaces, Record<string, string>]>([
    ['all namespaces, where it names nothing', true, {}, {}],
    ['one of its names', true, { matchNames: ['bank', 'shop'] }, {}],
    ['no other name', false, { matchNames: ['bank'] }, {}],
    ['its labels', true, { matchLabels: { env: 'dev' } }, { env: 'dev', team: 'a' }],
    ['no other value', false, { matchLabels: { env: 'dev' } }, { env: 'prod' }],
    ['none without the label', false, { matchLabels: { env: 'dev' } }, {}],
    ['none where a label is only of every object', false, { matchLabels: { constructor: '' } }, {}],
    ['what fits both', false, { matchNames: ['shop'], matchLabels: { env: 'dev' } }, {}],
  ])('%s', (_title, is, namespaces, labels) => {
    expect(isOffered(aClusterTemplate({ namespaces }), 'shop', labels)).toBe(is)
  })

  test('its own namespace alone, where it has one', () => {
    expect(isOffered(aTemplate(), 'shop', {})).toBe(true)
    expect(isOffered(aTemplate(), 'bank', {})).toBe(false)
  })
})
