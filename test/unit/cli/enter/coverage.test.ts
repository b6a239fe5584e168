import { describe, expect, test } from '@jest/globals'
import type { AccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import type { ExecTemplate } from '../../../../src/api/kinds/access/exec-template.ts'
import { bestChoices, nearOffers, type Wanted } from '../../../../src/cli/enter/coverage.ts'
import { ownersOf, type Where } from '../../../../src/cli/enter/where-it-runs.ts'
import { anExecTemplate } from '../../../fixtures/example-access.ts'

const pod: Where = {
  is: 'pod',
  name: 'web-0',
  owners: [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d' },
    { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
  ],
}
const asker = { me: { username: 'alice', groups: ['dev'] }, namespace: 'shop', labels: {}, now: 0 }
const id: Wanted = { where: pod, asks: [{ command: ['id'], container: 'app' }], duration: undefined, image: undefined }
const sre = [{ kind: 'Group' as const, name: 'sre' }]
const reviewBy = (count: number): NonNullable<AccessTemplate['spec']['challenges']> => [
  { peerReview: { count, reviewers: sre } },
]

function template(
  name: string,
  exec: Partial<ExecTemplate> = {},
  spec: Partial<AccessTemplate['spec']> = {},
): AccessTemplate {
  const made = anExecTemplate(exec, spec)
  return { ...made, metadata: { ...made.metadata, name } }
}

const names = (wanted: Wanted, ...templates: readonly AccessTemplate[]): readonly string[] =>
  bestChoices(wanted, templates, asker).map(({ template: { metadata } }) => metadata.name)

test('a template that takes other words for the command is told, with the rule of its hole', () => {
  const holes = [{ name: 'path', pattern: '/var/log/[a-z]+' }]
  const logs = template('logs', { commands: [['cat', '<path>']], holes })
  const reading = (path: string): Wanted => ({ ...id, asks: [{ command: ['cat', path] }] })
  const others = [template('id', { commands: [['id']] }), template('any'), template('sh', { commands: [['sh', '-c']] })]
  const hidden = template('hidden', { commands: [['cat', '<path>']], holes }, { subjects: sre })

  expect(names(reading('/var/log/app'), logs, ...others.slice(0, 1))).toEqual(['logs'])
  expect(names(reading('/etc/shadow'), logs, ...others.slice(0, 1))).toEqual([])
  expect(nearOffers(reading('/etc/shadow'), [logs, hidden, ...others], asker)).toEqual([
    'AccessTemplate logs offers such a command: word 2 is <path>, which must match /var/log/[a-z]+ as a whole.',
  ])
})

describe('a template is chosen', () => {
  test('that needs nobody, before one that needs few, before one that needs many', () => {
    const [many, few, nobody] = [
      template('many', {}, { challenges: reviewBy(2) }),
      template('few', {}, { challenges: reviewBy(1) }),
      template('nobody'),
    ]

    expect(names(id, many, few, nobody)).toEqual(['nobody'])
    expect(names(id, many, few)).toEqual(['few'])
  })

  test('that is open now, before one that needs fewer people', () => {
    const hours = { timeZone: 'UTC', from: '09:00', to: '18:00', wait: true }
    const [closed, open] = [
      template('closed', {}, { challenges: [{ timeWindow: hours }] }),
      template('open', {}, { challenges: reviewBy(1) }),
    ]

    expect(names(id, closed, open)).toEqual(['open'])
    expect(names(id, closed)).toEqual(['closed'])
  })

  test('and all that are as good', () => {
    expect(names(id, template('a'), template('b'))).toEqual(['a', 'b'])
  })

  test('for the shell that it offers, if any will do', () => {
    const shells: Wanted = { ...id, asks: [{ command: ['sh'] }, { command: ['bash'] }] }

    const [choice] = bestChoices(shells, [template('bash', { commands: [['bash']] })], asker)

    expect(choice?.ask).toEqual({ command: ['bash'] })
    expect(names(shells, template('bash', { commands: [['bash']] }), template('sh', { commands: [['sh']] }))).toEqual([
      'sh',
    ])
  })

  test('for debug containers of the image', () => {
    const debug: Wanted = { ...id, asks: [{ debug: true }], image: 'tools:1' }

    expect(names(debug, template('none'), template('tools', { debug: { images: ['tools:1'] } }))).toEqual(['tools'])
    expect(names(debug, template('other', { debug: { images: ['tools:2'] } }))).toEqual([])
  })
})

describe('a template is not chosen', () => {
  test.each([
    ['for another command', template('x', { commands: [['id', '-u']] })],
    ['for another container', template('x', { containers: ['side'] })],
    ['for another pod', template('x', { target: { kind: 'Pod', name: 'web-1' } })],
    ['for another workload', template('x', { target: { kind: 'Deployment', name: 'db' } })],
    ['for a workload of another group', template('x', { target: { kind: 'Deployment', group: 'x.dev', name: 'web' } })],
    ['for other people', template('x', {}, { subjects: sre })],
    ['for roles', template('x', {}, { access: { role: { bindings: [] } } })],
  ])('%s', (_what, one) => {
    expect(names(id, one)).toEqual([])
  })

  test('for a longer time than it gives', () => {
    const short = template('short', {}, { duration: { max: '30m' } })

    expect(names({ ...id, duration: '1h' }, short)).toEqual([])
    expect(names({ ...id, duration: '30m' }, short)).toEqual(['short'])
  })

  test('when it is not ready', () => {
    const condition = {
      type: 'Ready',
      status: 'False' as const,
      reason: 'Refused',
      message: 'no',
      lastTransitionTime: '',
    }

    expect(names(id, { ...template('x'), status: { conditions: [condition] } })).toEqual([])
  })
})

describe('the pod is of the target of a template', () => {
  const deployment = template('x', { target: { kind: 'Deployment', name: 'web' } })
  const isOf = (where: Where): boolean => names({ ...id, where }, deployment).length > 0

  test('by its controllers', () => {
    expect(isOf(pod)).toBe(true)
  })

  test('by the name of its ReplicaSet, if the user may not read that', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d', uid: 'u', controller: true }
    const metadata = { labels: { 'pod-template-hash': '5d' }, ownerReferences: [owner] }

    expect(isOf({ is: 'pod', name: 'web-5d-x', owners: ownersOf({ metadata }, []) })).toBe(true)
    expect(
      isOf({ is: 'pod', name: 'web-5d-x', owners: ownersOf({ metadata: { ownerReferences: [owner] } }, []) }),
    ).toBe(false)
  })

  test('by its own name, if the user may not read the pod', () => {
    expect(isOf({ is: 'name', name: 'web-5d-x' })).toBe(true)
    expect(isOf({ is: 'name', name: 'webshop-5d-x' })).toBe(false)
  })

  test('by the words of the user, if they may not read the workload', () => {
    expect(isOf({ is: 'workload', type: 'deploy', name: 'web' })).toBe(true)
    expect(isOf({ is: 'workload', type: 'sts', name: 'web' })).toBe(false)
  })
})
