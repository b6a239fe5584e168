import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { accessGrantKind } from '../../src/api/kinds/access-grant.ts'
import { accessPassKind } from '../../src/api/kinds/access-pass.ts'
import { accessRecordKind } from '../../src/api/kinds/access-record.ts'
import { accessRequestKind } from '../../src/api/kinds/access-request.ts'
import { accessTemplateKind } from '../../src/api/kinds/access-template.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf, type KubeObject } from '../../src/cluster/client/resource.ts'
import { installation, serviceAccountUser } from '../../src/api/installation.ts'
import { administrator } from '../fixtures/administrator.ts'
import { clientOf, patch, patchStatus, refusal } from '../fixtures/api-client.ts'
import { admin, kubectl } from '../fixtures/kubectl.ts'
import { installKinds } from './installed-kinds.ts'
import { accessGrant, accessPass, accessRecord, accessRequest, useRecord } from './objects.ts'

const namespace = 'kinds'

let alice: Client
let bob: Client
let sallyport: Client
let root: Client

beforeAll(async () => {
  const account = await installKinds(namespace)
  ;[alice, bob, sallyport, root] = [clientOf('alice'), clientOf('bob'), clientOf(account), clientOf('admin')]
})
afterAll(async () => {
  await Promise.all([alice, bob, sallyport, root].map((client) => client.close()))
})

const long = (length: number): string => 'x'.repeat(length)

describe('a new AccessRequest is refused', () => {
  const notStamped = "Sallyport's webhook stamps it at admission, and did not run"
  const notInRange = 'must be a duration from 1s to 8760h, such as 30m or 1h30m'
  const cases: readonly [string, object, ...string[]][] = [
    ['without an access', { exec: undefined }, 'exactly one access must be named: exec'],
    [
      'with neither a pod nor a template',
      { exec: {} },
      'name the pod in exec.pod, or a template in templateRef that chooses one',
    ],
    ['without a requestor', { requestor: undefined }, `spec.requestor is missing: ${notStamped}`],
    ['revoked by nobody', { revoked: {} }, `spec.revoked.by is missing: ${notStamped}`],
    ['for a day as 1d', { duration: '1d' }, 'spec.duration in body should match', notInRange],
    ['for 0s', { duration: '0s' }, notInRange],
    ['for less than a second', { duration: '999ms' }, notInRange],
    ['for more than a year', { duration: '8760h1s' }, notInRange],
    ['for a negative time', { duration: '-5m' }, 'spec.duration in body should match'],
    ['with an instant that is none', { startAt: 'tomorrow' }, 'spec.startAt in body should match'],
    ['with more than an instant', { startAt: '2026-11-22T08:00:00Zt-x' }, 'spec.startAt in body should match'],
    ['with an offset that is none', { startAt: '2026-11-22T08:00:00+99:99' }, 'spec.startAt in body should match'],
    ['with a day that is none', { startAt: '2026-02-30T08:00:00Z' }, 'must be a time such as 2026-11-22T08:00:00Z'],
    ['with a list for an instant', { startAt: [] }, 'spec.startAt in body must be of type string: "array"'],
    ['with no argument at all', { exec: { pod: 'web-0', command: [] } }, 'should have at least 1 items'],
    ['with 65 arguments', { exec: { pod: 'web-0', command: Array(65).fill('x') } }, 'must have at most 64 items'],
    ['with a long argument', { exec: { pod: 'web-0', command: [long(4097)] } }, 'may not be more than 4096 bytes'],
    [
      'with too long a command',
      { exec: { pod: 'web-0', command: [...Array<string>(4).fill(long(4096)), 'x'] } },
      'the command is longer than 16384 characters in all',
    ],
    ['with a long reason', { reason: long(2049) }, 'may not be more than 2048 bytes'],
    ...[' ', '\t\n', '\u00a0\u2003', '\u200b'].map((reason): [string, object, string] => [
      `with the blank reason ${JSON.stringify(reason)}`,
      { reason },
      'spec.reason is blank: write why, or leave it out where nobody demands it',
    ]),
    ['with a long key', { attributes: { [long(64)]: '' } }, 'a key of attributes is longer than 63 characters'],
    [
      'with 17 attributes',
      { attributes: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, ''])) },
      'must have at most 16 items',
    ],
    [
      'with groups beyond measure',
      { requestor: { username: 'alice', groups: [...Array<string>(24).fill(long(512)), 'x'] } },
      'the groups are longer than 12288 characters in all',
    ],
    [
      'with extra beyond measure',
      {
        requestor: { username: 'alice', extra: { a: Array(8).fill(long(256)), b: Array(8).fill(long(256)) } },
      },
      'extra is longer than 4096 characters in all',
    ],
  ]
  test.each(cases)('%s', async (_, spec, ...texts) => {
    const said = await refusal(alice.create(accessRequestKind, accessRequest(namespace, 'refused', spec)))
    for (const text of texts) expect(said).toContain(text)
  })
})

test.each(['1', '-', '🔥', '障害', ' x '])('a reason is whatever people can see: %s', async (reason) => {
  const dryRun = {
    method: 'POST',
    query: { dryRun: 'All' },
    body: accessRequest(namespace, 'reason', { reason }),
  } as const

  expect(await alice.call(pathOf(accessRequestKind, { namespace }), dryRun)).toMatchObject({ spec: { reason } })
})

test('a template is an AccessTemplate where nothing else is said, and stays one', async () => {
  const file = accessRequest(namespace, 'by-name', { templateRef: { name: 'web' } })
  const { spec } = await alice.create(accessRequestKind, file)

  expect(spec.templateRef).toEqual({ kind: 'AccessTemplate', name: 'web' })
  await alice.apply(accessRequestKind, file)
  const other = patch(alice, accessRequestKind, file, { spec: { templateRef: { kind: 'ClusterAccessTemplate' } } })
  expect(await refusal(other)).toContain('spec.templateRef cannot be changed')
})

test('durations as Go writes them are taken, and so are instants with an offset', async () => {
  for (const [index, duration] of ['1s', '90m', '1h30m', '1.5h', '8760h'].entries()) {
    const spec = { duration, startAt: '2026-11-22T09:00:00.123456789+01:00' }
    const created = await alice.create(accessRequestKind, accessRequest(namespace, `duration-${index}`, spec))
    expect(created.spec).toMatchObject(spec)
  }
})

describe('the spec of a request stays', () => {
  const whole = {
    duration: '1h',
    startAt: '2026-11-22T08:00:00Z',
    once: true,
    attributes: { ticket: 'OPS-42' },
    exec: { pod: 'web-0', container: 'app', command: ['id'], stdin: true },
  }
  beforeAll(async () => {
    await alice.create(accessRequestKind, accessRequest(namespace, 'whole', whole))
    await alice.create(accessRequestKind, accessRequest(namespace, 'bare', { reason: undefined }))
  })

  test.each([
    ['changed', 'whole', { reason: 'another' }, 'reason'],
    ['changed', 'whole', { duration: '8h' }, 'duration'],
    ['changed', 'whole', { startAt: '2026-11-22T08:00:01Z' }, 'startAt'],
    ['changed', 'whole', { once: false }, 'once'],
    ['changed', 'whole', { attributes: { ticket: 'OPS-43' } }, 'attributes'],
    ['added to', 'whole', { attributes: { more: 'x' } }, 'attributes'],
    ['changed', 'whole', { exec: { pod: 'web-1' } }, 'exec'],
    ['changed', 'whole', { exec: { command: ['id', '-u'] } }, 'exec'],
    ['added to', 'whole', { exec: { tty: true } }, 'exec'],
    ['changed', 'whole', { requestor: { username: 'bob' } }, 'requestor'],
    ['removed', 'whole', { duration: null }, 'duration'],
    ['removed', 'whole', { once: null }, 'once'],
    ['set', 'bare', { duration: '1h' }, 'duration'],
    ['set', 'bare', { reason: 'now I know' }, 'reason'],
  ])('%s: %s %j', async (_, name, spec, field) => {
    const said = await refusal(patch(alice, accessRequestKind, accessRequest(namespace, name), { spec }))
    expect(said).toContain(`spec.${field} cannot be changed: what was asked stays; make another request`)
  })
})

test('revoked goes one way', async () => {
  const request = await alice.create(accessRequestKind, accessRequest(namespace, 'revoked'))
  const revoke = (client: Client, revoked: object | null): Promise<unknown> =>
    patch(client, accessRequestKind, request, { spec: { revoked } })
  const final = 'spec.revoked is final: it can be neither changed nor removed'

  await revoke(alice, { by: { username: 'alice' }, message: 'done' })

  expect(await refusal(revoke(alice, { message: 'or not' }))).toContain(final)
  expect(await refusal(revoke(bob, { by: { username: 'bob' } }))).toContain(final)
  expect(await refusal(revoke(alice, { message: null }))).toContain(final)
  expect(await refusal(revoke(alice, null))).toContain(final)
})

describe('status', () => {
  const digest = '0123456789ab'.padEnd(64, 'c')

  test('is dropped on create', async () => {
    const request = { ...accessRequest(namespace, 'born-active'), status: { phase: 'Active' } }
    expect(await alice.create(accessRequestKind, request)).not.toHaveProperty('status')
  })

  test('holds a digest with its beginning, and an expiry that is written once', async () => {
    const request = await alice.create(accessRequestKind, accessRequest(namespace, 'digest'))
    const write = (status: object): Promise<unknown> => patchStatus(sallyport, accessRequestKind, request, status)
    const cut = 'shortDigest must be there with digest, and be its first 12 characters'
    expect(await refusal(write({ digest }))).toContain(cut)
    expect(await refusal(write({ digest, shortDigest: 'ffffffffffff' }))).toContain(cut)
    await write({ digest, shortDigest: digest.slice(0, 12), expiresAt: '2026-11-22T08:00:00.000001Z' })
    const once = 'expiresAt is written once'
    expect(await refusal(write({ expiresAt: '2026-11-22T09:00:00.000001Z' }))).toContain(once)
    expect(await refusal(write({ expiresAt: null }))).toContain(once)
  })

  test('is a table, and can be selected by requestor, phase and pod', async () => {
    const exec = { pod: 'web-7' }
    const request = await alice.create(accessRequestKind, accessRequest(namespace, 'listed', { exec }))
    const expiresAt = '2031-11-22T08:00:00.000000Z'
    const target = { pod: 'web-7', podUID: 'u', container: 'app', image: 'i' }
    const words = { summary: 'exec web-7/c: id', duration: '1h', awaits: '1 of sre' }
    const status = { phase: 'Active', target, digest, shortDigest: digest.slice(0, 12), expiresAt, ...words }
    await patchStatus(sallyport, accessRequestKind, request, status)

    const selector = 'status.phase=Active,status.target.pod=web-7,spec.requestor.username=alice'
    const { stdout } = await kubectl('alice', ['get', 'areq', '-n', namespace, `--field-selector=${selector}`])
    const [head = '', ...rows] = stdout.trimEnd().split('\n')
    expect(
      head
        .split(/\s{2,}/)
        .map((word) => word.trim())
        .join(' '),
    ).toBe('NAME REQUESTOR WHAT FOR PHASE AWAITS AGE')
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatch(/^listed +alice +exec web-7\/c: id +1h +Active +1 of sre +\d+s$/)
    const others = await kubectl('alice', ['get', 'areq', '-n', namespace, '--field-selector=status.phase=Failed'])
    expect(others.stderr).toContain('No resources found')
  })
})

describe('an AccessGrant', () => {
  test.each([
    ['without the uid of its request', { requestRef: { name: 'any' } }, 'spec.requestRef.uid is missing'],
    ['without a giver', { grantedBy: undefined }, 'spec.grantedBy is missing: Sallyport'],
    ['with a short digest', { digest: '0123456789a' }, 'spec.digest in body should match'],
    ['with capitals in its digest', { digest: '0123456789AB' }, 'spec.digest in body should match'],
    ['with a word of its own', { verdict: 'Maybe' }, 'supported values: "Approved", "Denied"'],
    ['with a duration for nothing', { verdict: 'Denied', duration: '1h' }, 'goes only with the verdict Approved'],
    ['with a duration of 1d', { duration: '1d' }, 'must be a duration from 1s to 8760h'],
  ])('%s is refused', async (_, spec, text) => {
    expect(await refusal(bob.create(accessGrantKind, accessGrant(namespace, 'refused', spec)))).toContain(text)
  })

  test('never changes', async () => {
    const grant = await bob.create(accessGrantKind, accessGrant(namespace, 'stays'))
    for (const spec of [{ verdict: 'Denied' }, { duration: '8h' }, { digest: null }, { requestRef: { uid: 'b' } }]) {
      // The approver's role has no verb for it. This test is about the rule, so a user who may do anything makes the
      // change.
      expect(await refusal(patch(sallyport, accessGrantKind, grant, { spec }))).toContain(
        'spec cannot be changed: a verdict stays; delete the grant to withdraw it, or make another',
      )
    }
  })
})

describe('an AccessTemplate', () => {
  const { apiVersion, kind } = accessTemplateKind
  const template = (spec: object): KubeObject => {
    const access = { exec: { target: { kind: 'Pod', name: 'web-0' } } }
    const whole = {
      subjects: [{ kind: 'Group', name: 'dev' }],
      access,
      author: { username: serviceAccountUser },
      ...spec,
    }
    return { apiVersion, kind, metadata: { name: 'refused', namespace }, spec: whole } as KubeObject
  }

  test.each([
    ['reason', { reason: { pattern: '(' } }],
    ['attribute', { attributes: [{ key: 'ticket', pattern: '(' }] }],
  ])('with a pattern for its %s that does not compile is refused', async (_, spec) => {
    expect(await refusal(sallyport.create(accessTemplateKind, template(spec)))).toContain('must be an RE2 expression')
  })
})

describe('an AccessTemplate whose commands have holes', () => {
  const { apiVersion, kind } = accessTemplateKind
  const path = { name: 'path', pattern: '/var/log/[a-z]+' }
  let made = 0
  const create = (exec: object): Promise<KubeObject> => {
    const access = { exec: { target: { kind: 'Pod', name: 'web-0' }, ...exec } }
    const spec = { subjects: [{ kind: 'Group', name: 'dev' }], access, author: { username: administrator().username } }
    const metadata = { name: `holes-${++made}`, namespace }
    return root.create(accessTemplateKind, { apiVersion, kind, metadata, spec } as KubeObject)
  }

  test('keeps each kind of hole, and a word that only looks like one', async () => {
    const exec = {
      commands: [
        ['cat', '<path>'],
        ['tail', '-n', '<lines>', '<path>'],
        ['log', '<level>'],
      ],
      holes: [path, { name: 'lines', range: { min: -5, max: 100 } }, { name: 'level', values: ['info', ''] }],
    }

    expect(await create(exec)).toMatchObject({ spec: { access: { exec } } })
    expect(await create({ commands: [['cat', '<path>']] })).not.toHaveProperty('spec.access.exec.holes')
  })

  test('may have as much as each bound allows', async () => {
    const holes = Array.from({ length: 16 }, (_, index) => {
      const name = `h${long(60)}${String(index).padStart(2, '0')}`
      const values = Array.from({ length: 64 }, (_value, at) => `${long(251)}${String(at).padStart(2, '0')}`)
      return index % 2 === 0 ? { name, pattern: 'a'.repeat(256) } : { name, values }
    })
    const holeWords = holes.map(({ name }) => `<${name}>`)
    const commands = Array.from({ length: 16 }, () => [...Array<string>(60).fill('x'), ...holeWords.slice(-4)])

    await create({ commands: [holeWords, ...commands.slice(1)], holes })
  })

  test.each<[string, object, ...string[]]>([
    ['a pattern that does not compile', { holes: [{ name: 'path', pattern: '(' }] }, 'holes[0].pattern: ', 'RE2'],
    ['no rule', { holes: [{ name: 'path' }] }, 'holes[0]: ', 'a hole has exactly one rule: pattern, values, range'],
    ['two rules', { holes: [{ ...path, values: ['/'] }] }, 'a hole has exactly one rule: pattern, values, range'],
    ['a misspelt rule', { holes: [{ name: 'path', patern: 'x' }] }, 'a hole has exactly one rule'],
    ['a name twice', { holes: [path, path] }, 'spec.access.exec.holes[1]: Duplicate value'],
    ['a name with a blank', { holes: [{ ...path, name: 'the path' }] }, 'holes[0].name in body should match'],
    ['no name', { holes: [{ pattern: 'x' }] }, 'holes[0].name: Required value'],
    ['no values', { holes: [{ name: 'path', values: [] }] }, 'holes[0].values in body should have at least 1 items'],
    ['a value twice', { holes: [{ name: 'path', values: ['a', 'a'] }] }, 'holes[0].values[1]: Duplicate value'],
    ['bounds in disorder', { holes: [{ name: 'path', range: { min: 2, max: 1 } }] }, 'min is larger than max'],
    ['half a range', { holes: [{ name: 'path', range: { min: 2 } }] }, 'holes[0].range.max: Required value'],
    ['a fraction', { holes: [{ name: 'path', range: { min: 0, max: 1.5 } }] }, 'must be of type integer'],
    ['a hole that stands nowhere', { holes: [path, { ...path, name: 'b' }] }, 'each hole must stand in a command'],
    ['no commands', { commands: undefined, holes: [path] }, 'each hole must stand in a command: as the word <NAME>'],
    ['a hole in place of a word', { commands: [['cat', path]] }, 'commands[0][1] in body must be of type string'],
    ['a number for a word', { commands: [['cat', 5]] }, 'commands[0][1] in body must be of type string'],
  ])('is refused with %s', async (_title, exec, ...texts) => {
    const said = await refusal(create({ commands: [['cat', '<path>']], ...exec }))

    for (const text of texts) expect(said).toContain(text)
  })
})

describe('an AccessPass', () => {
  const entry = (index: number): object => ({ name: `r${index}`, uid: `u${index}`, podUID: 'p', grants: [] })
  const entries = (length: number): object => ({ requests: Array.from({ length }, (_, index) => entry(index)) })

  test('lists 16 requests and no more', async () => {
    await sallyport.apply(accessPassKind, accessPass(namespace, 'p-a', entries(16)))
    const said = await refusal(sallyport.apply(accessPassKind, accessPass(namespace, 'p-a', entries(17))))
    expect(said).toContain('must have at most 16 items')
  })
})

describe('an AccessRecord', () => {
  const home = installation.namespace

  test('of a use has the one name that its request gives it', async () => {
    await sallyport.create(accessRecordKind, useRecord(home, '7d1a'))
    expect(await refusal(sallyport.create(accessRecordKind, useRecord(home, '7d1a')))).toContain('already exists')
    const text = 'must be named use-<uid of its request>'
    const { spec } = useRecord(home, '7d1b')
    for (const record of [
      accessRecord(home, 'use-7d1c', spec),
      accessRecord(home, 'else', spec),
      accessRecord(home, 'use-7d1b'),
      accessRecord(home, 'use-7d1b', { ...spec, request: undefined }),
    ]) {
      expect(await refusal(sallyport.create(accessRecordKind, record))).toContain(text)
    }
  })

  test('keeps what it was told, and never changes, down to fields that no schema knows', async () => {
    const event = { argv: ['id'], nested: { deep: [1, { more: true }] } }
    const events = [event, { other: 1 }]
    const record = await sallyport.create(accessRecordKind, accessRecord(home, 'r-1', { events }))
    expect(record.spec).toMatchObject({ events })
    for (const spec of [
      { events: [{ ...event, argv: ['sh'] }, { other: 1 }] },
      { events: [{ ...event, nested: { deep: [] } }, { other: 1 }] },
      { events: [event] },
      { events: null },
      { id: 'd-2' },
    ]) {
      const said = await refusal(patch(sallyport, accessRecordKind, record, { spec }))
      expect(said).toContain('spec cannot be changed: what happened stays')
    }
  })
})

test('the biggest request and its biggest status fit', async () => {
  // Four bytes a character: bounds count characters, etcd counts bytes.
  const wide = (length: number): string => '𝄞'.repeat(length)
  const groups = Array.from({ length: 24 }, (_, index) => `${index}`.padEnd(512, 'x'))
  const requestor = { username: 'alice', groups }
  const request = accessRequest(namespace, 'biggest', {
    reason: wide(2048),
    attributes: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`${i}`.padEnd(63, 'k'), wide(512)])),
    exec: { pod: 'web-0', command: Array(4).fill(wide(4096)) },
    requestor,
  })
  const as = ['--as=alice', ...groups.map((group) => `--as-group=${group}`)]
  const rights = ['create', 'rolebinding', 'biggest', '-n', namespace, '--clusterrole=sallyport-requestor']
  await admin([...rights, `--group=${groups[0] ?? ''}`])
  await admin(['create', '-f', '-', ...as], JSON.stringify(request))
  const revoked = { by: requestor, message: wide(1024) }
  await admin([
    ...['patch', 'areq', 'biggest', '-n', namespace, '--type=merge', ...as],
    ...['-p', JSON.stringify({ spec: { revoked } })],
  ])

  const condition = { status: 'True', lastTransitionTime: '2026-11-22T08:00:00Z', reason: 'R', message: wide(4096) }
  await patchStatus(sallyport, accessRequestKind, request, {
    message: wide(4096),
    accessMessage: wide(4096),
    conditions: Array.from({ length: 16 }, (_, index) => ({ ...condition, type: `C${index}` })),
    approvals: Array(32).fill({ name: long(253), uid: long(64), grantedBy: wide(512) }),
    resources: Array(64).fill({ apiVersion: 'v1', kind: 'Pod', name: long(253), uid: long(64) }),
  })
  const stored = await sallyport.call(pathOf(accessRequestKind, request.metadata))
  expect(stored).toMatchObject({ spec: { revoked }, status: { conditions: { length: 16 } } })
})
