import { describe, expect, test } from '@jest/globals'
import type { AccessRequest } from '../../../../src/api/kinds/access-request.ts'
import type { AnyTemplate } from '../../../../src/api/kinds/access-template.ts'
import type { Challenge } from '../../../../src/api/kinds/challenge.ts'
import type { ExecAccess } from '../../../../src/api/kinds/access/exec-access.ts'
import type { AccessRequestStatus } from '../../../../src/api/kinds/access-request-status.ts'
import { plan } from '../../../../src/provision/plan/plan.ts'
import type { Facts } from '../../../../src/provision/facts/request-facts.ts'
import { aGrant, aRequest, active, anExecTemplate, at, pending } from '../../../fixtures/example-access.ts'
import { aClusterTemplate, aTemplate } from '../../../fixtures/example-template.ts'
import { planPolicy, unknownFacts } from '../../../fixtures/plan-facts.ts'

const templateRef = { kind: 'AccessTemplate', name: 'web' } as const
const sre = { kind: 'Group', name: 'sre' } as const
const workload = { kind: 'Pod', name: 'web-0', uid: 'pod-1' }

function described(request: AccessRequest, facts: Partial<Facts> = {}, now = '12:00:00'): AccessRequestStatus {
  return plan({ ...unknownFacts, workload, isOfWorkload: true, request, ...facts }, planPolicy, at(now)).status
}

describe('the summary says in one line what runs', () => {
  test.each<[string, ExecAccess]>([
    ['exec web-0/app: cat /etc/hostname', { command: ['cat', '/etc/hostname'] }],
    ["exec web-0/app: sh -c 'rm -rf /tmp/*' -it", { command: ['sh', '-c', 'rm -rf /tmp/*'], stdin: true, tty: true }],
    ['exec web-0/app: ANY COMMAND -it', { stdin: true, tty: true }],
    ['exec web-0/app: ANY COMMAND', {}],
    ['port-forward web-0', { subresources: ['portforward'] }],
    ['logs web-0', { subresources: ['log'] }],
    ['attach web-0/app -it', { subresources: ['attach'], stdin: true, tty: true }],
    ['exec web-0/app: id (and port-forward)', { command: ['id'], subresources: ['portforward'] }],
    [String.raw`exec web-0/app: ["echo","a\u202eb"]`, { command: ['echo', 'a\u202eb'] }],
  ])('%s', (summary, exec) => {
    expect(described(aRequest({ exec: { pod: 'web-0', ...exec } })).summary).toBe(summary)
  })

  test.each<[string, Partial<AccessRequest['spec']>, AnyTemplate]>([
    ['exec web-0/app: date, or 2 others', { exec: {} }, anExecTemplate({ commands: [['date'], ['id'], ['ls']] })],
    [
      'exec web-0/app: cat <path>',
      { exec: {} },
      anExecTemplate({ commands: [['cat', '<path>']], holes: [{ name: 'path', pattern: '/var/log/[a-z]+' }] }),
    ],
    [
      "exec web-0/app: cat '<path>'",
      { exec: { command: ['cat', '<path>'] } },
      anExecTemplate({ commands: [['cat', '<path>']] }),
    ],
    [
      'exec and debug web-0/app: ANY COMMAND',
      { exec: { debug: true } },
      anExecTemplate({ debug: { images: ['busybox'] } }),
    ],
    ['role view in shop', { role: {} }, roles({ bindings: [{ roleRef: cluster('view') }] })],
    [
      'role view +2 in shop',
      { role: {} },
      roles({ bindings: ['view', 'logs', 'edit'].map((name) => ({ roleRef: cluster(name) })) }),
    ],
    [
      'role view in ALL NAMESPACES',
      { role: {} },
      roles({ bindings: [{ roleRef: cluster('view') }], clusterWide: true }),
    ],
    [
      'role view in shop +1',
      { role: {} },
      roles({ bindings: [{ roleRef: cluster('view'), namespaces: ['shop', 'lab'] }] }),
    ],
    ['shell web', { shell: {} }, aTemplate({ access: { shell: { podTemplate: {} } } })],
  ])('%s', (summary, asked, template) => {
    const request = asking({ templateRef: { ...templateRef, kind: template.kind }, ...asked })

    expect(described(request, { template }).summary).toBe(summary)
  })

  test('of a pod that is not there yet', () => {
    const request = aRequest({ exec: { pod: 'web-0', command: ['id'] } })

    expect(described(request, { pod: undefined }).summary).toBe('exec web-0: id')
  })

  test('cut, and seen to be, where the command is long', () => {
    const { summary = '' } = described(aRequest({ exec: { pod: 'web-0', command: ['echo', 'x'.repeat(4_000)] } }))

    expect(summary.length).toBeLessThan(160)
    expect(summary).toMatch(/^exec web-0\/app: .*…$/)
  })

  test('that stays once somebody could approve it, whatever becomes of its template', () => {
    const asked = aRequest({ exec: {}, templateRef })
    const challenges = [{ peerReview: { count: 1, reviewers: [sre] } }]
    const template = anExecTemplate({ commands: [['date']] }, { challenges })
    const request = { ...asked, status: described(asked, { template }) }

    const { phase, summary } = described(request, { template: anExecTemplate({ commands: [['rm']] }, { challenges }) })

    expect([phase, summary]).toEqual(['Pending', 'exec web-0/app: date'])
  })
})

describe('how long the access lasts is', () => {
  test.each<[string, string, Partial<AccessRequest['spec']>, AnyTemplate | undefined]>([
    ['as the request says', '20m', { duration: '20m' }, undefined],
    ['an hour without a word', '1h', {}, undefined],
    ["the template's default", '30m', {}, aTemplate({ duration: { default: '30m', max: '8h' } })],
    ['at most what the template gives', '10m', {}, aTemplate({ duration: { max: '10m' } })],
  ])('%s', (_title, duration, spec, template) => {
    const request = asking({ exec: { pod: 'web-0' }, ...spec, ...(template && { templateRef }) })

    expect(described(request, { template }).duration).toBe(duration)
  })

  test('shorter where an approver says so', () => {
    const request = { ...pending(), status: described(aRequest()) }
    const grants = [aGrant(request, { duration: '5m' })]

    expect(described(request, { grants })).toMatchObject({ phase: 'Approved', duration: '5m' })
  })
})

describe('who or what is still missing is told in few words', () => {
  const first = (challenges: Challenge[]): AccessRequestStatus => {
    const template = anExecTemplate({}, { challenges })
    return described(aRequest({ exec: {}, templateRef }), { template })
  }
  const under = (challenges: Challenge[]): AccessRequestStatus => {
    const template = anExecTemplate({}, { challenges })
    return described(pending(aRequest({ exec: {}, templateRef }), template), { template })
  }

  test.each<[string, Challenge[]]>([
    ['2 of sre', [{ peerReview: { count: 2, reviewers: [sre] } }]],
    [
      '1 of sre or bob, 2 of security',
      [
        { peerReview: { count: 1, reviewers: [sre, { kind: 'User', name: 'bob' }] } },
        { peerReview: { name: 'security', count: 2, reviewers: [sre] } },
      ],
    ],
    ['ticket-check', [{ webhook: { name: 'ticket-check' } }]],
    ['opens Mon 09:00', [{ timeWindow: { timeZone: 'UTC', days: ['Mon'], from: '09:00', to: '17:00', wait: true } }]],
  ])('%s', (awaits, challenges) => {
    expect(under(challenges).awaits).toBe(awaits)
    expect(first(challenges).awaits).toBe(awaits)
  })

  test('nothing at the first look under a template that needs nobody', () => {
    expect(first([])).toMatchObject({ phase: 'Pending', message: 'it is being looked at' })
    expect(first([])).not.toHaveProperty('awaits')
  })

  test('at the first look, too, only people approve', () => {
    expect(first([{ peerReview: { count: 1, reviewers: [sre] } }]).message).toMatch(/^waits for approval.*: it needs/)
    expect(first([{ webhook: { name: 'ticket-check' } }]).message).toBe('its conditions are being checked')
  })

  test.each<[string, AccessRequest, Partial<Facts>, string | undefined]>([
    ['its pod', aRequest(), { pod: undefined }, 'pod web-0'],
    ['somebody who approves it', aRequest(), { grants: [] }, '1 approver'],
    ['the cluster, which refuses the pass', pending(), { passRefused: 'quota' }, 'the cluster'],
    ['what is made for it', active(), { authorized: false, listed: true }, undefined],
    ['nothing, once it is over', active(aRequest({ revoked: { by: { username: 'alice' } } })), {}, undefined],
  ])('%s', (_title, request, facts, awaits) => {
    expect(described(request, { grants: [aGrant(request)], ...facts }).awaits).toBe(awaits)
  })

  test('until it is active: then nothing is', () => {
    const before = active()
    const approved: AccessRequest = { ...before, status: { ...before.status, phase: 'Approved', awaits: 'x' } }
    const facts = { grants: [aGrant(approved)], listed: true }

    expect(described(approved, { ...facts, authorized: false }).awaits).toBe('to be set up')
    expect(described(approved, { ...facts, authorized: true })).not.toHaveProperty('awaits')
  })
})

/** A request that names nothing but what is given. */
function asking(spec: Partial<AccessRequest['spec']>): AccessRequest {
  return { ...aRequest(), spec: { requestor: { username: 'alice', groups: ['dev'] }, ...spec } }
}

function cluster(name: string): { kind: 'ClusterRole'; name: string } {
  return { kind: 'ClusterRole', name }
}

function roles(role: NonNullable<AnyTemplate['spec']['access']['role']>): AnyTemplate {
  return aClusterTemplate({ access: { role } })
}
