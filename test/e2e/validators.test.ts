import { beforeAll, describe, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { ValidationCall } from '../../src/api/validator-call.ts'
import { schemaCheck } from '../../src/api/schema/schema-check.ts'
import { signDelivery } from '../../src/signed-calls/standard-webhook.ts'
import {
  accessNamespace,
  applied,
  ended,
  refusedApply,
  requestFile,
  revoke,
  storedRequest,
} from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { challengedIn, sre } from '../fixtures/challenges.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { documentedValidator, type DocumentedValidator } from '../fixtures/documented-validator.ts'
import { admin, kubectl, kubectlOk } from '../fixtures/kubectl.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'
import { templateFile } from '../fixtures/templates.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'
import {
  startValidatorServer,
  type Received,
  type ValidatorServer,
  withoutAnswer,
} from '../fixtures/validator-server.ts'

const namespace = 'validators'
const folder = temporaryFolder()
const { offer, ask, told, verdict, approve, ready } = challengedIn(namespace)
const checkCall = schemaCheck(ValidationCall, 'call')

let tickets: ValidatorServer
let documented: DocumentedValidator
let gate: DevGate

beforeAll(async () => {
  await accessNamespace(namespace)
  const client = clientOf('admin')
  await paperPod(client, namespace, 'web-0')
  await client.close()
  tickets = await startValidatorServer(folder, 'tickets')
  const own = join(folder, 'documented')
  mkdirSync(own)
  documented = await documentedValidator(own)
  gate = await startDevGate({
    validators: [
      { name: 'tickets', ...tickets.config, timeout: '1s', namespaces: [namespace] },
      { name: 'documented', ...documented.config, on: [] },
    ],
  })
  tickets.openTickets.add('OPS-1')
})
inTheEnd(
  () => admin(['delete', 'namespace', namespace, '--wait=false']),
  () => gate.stop(),
  () => tickets[Symbol.asyncDispose](),
  () => documented[Symbol.asyncDispose](),
)

const file = (name: string, ticket?: string, spec: object = {}): ReturnType<typeof requestFile> =>
  requestFile(namespace, name, { ...(ticket !== undefined && { attributes: { ticket } }), ...spec })
const receivedOf = (about: string, name: string): readonly Received[] =>
  tickets.received.filter(({ call }) => call.about === about && call.request.name === name)
const isThere = async (name: string): Promise<boolean> =>
  (await kubectl('admin', ['get', 'areq', name, '-n', namespace])).code === 0

describe('a request', () => {
  test('that the validator finds valid is made, and the validator is told who asks, whatever the file says', async () => {
    await applied('alice', file('valid', 'OPS-1', { requestor: { username: 'bob', groups: ['sre'] } }))

    const [received, ...more] = receivedOf('Request', 'valid')
    expect(more).toEqual([])
    expect(received?.call).toMatchObject({
      source: '/sallyport',
      validator: 'tickets',
      dryRun: false,
      identity: { username: 'alice', groups: expect.arrayContaining(['dev']) },
      attributes: { ticket: 'OPS-1' },
      request: { namespace, spec: { reason: 'OPS-42', exec: { pod: 'web-0' } } },
    })
    // The stored request is the one that the validator found valid.
    expect(received?.call.request.spec).toEqual((await storedRequest(namespace, 'valid')).spec)
    expect(received?.headers['webhook-id']).toBe(received?.call.id)
    const decision = gate.decisions.find(({ name }) => name === 'valid')
    expect(received?.call.id).toBe(`${decision?.id ?? ''}.tickets`)
    expect(JSON.stringify(gate.lines)).not.toContain('OPS-1')
  })

  test('that it finds invalid is not, and the user reads why', async () => {
    const text = await refusedApply('alice', file('invalid', '\u001b[31mOPS-2'))

    expect(text).toContain(
      'The validator tickets says no: ticket \\u001b[31mOPS-2 is not open (E_VALIDATOR). Do what it says, and try again.',
    )
    expect(await refusedApply('alice', file('invalid'))).toContain('name the ticket that you work on')
    expect(await isThere('invalid')).toBe(false)
  })

  test('that is tried without being made is asked about as such', async () => {
    await kubectlOk('alice', ['apply', '--dry-run=server', '-f', '-'], JSON.stringify(file('dry', 'OPS-1')))

    expect(receivedOf('Request', 'dry').map(({ call }) => call.dryRun)).toEqual([true])
    expect(await isThere('dry')).toBe(false)
  })

  test('of what it cannot be asked about is not made', async () => {
    const unreadable = file('odd', 'OPS-1', { startAt: '2036-11-22T08:00:00,5Z' })

    expect(await refusedApply('alice', unreadable)).toContain(
      'The request must be validated, but cannot be: request.spec.startAt must match ^',
    )
    expect(await isThere('odd')).toBe(false)
  })
})

describe('without an answer nothing is made, in time, and the text says whose fault it is', () => {
  const refused = async (name: string): Promise<string> => {
    // If it were late, the API server would say so itself, or the text would have another code.
    const text = await refusedApply('alice', file(name, 'OPS-1'))
    expect(text).toContain('The validator tickets must agree, but gave no answer: ')
    expect(text).toContain('(E_VALIDATOR_DOWN). It is not your fault')
    expect(text).not.toMatch(/127\.0\.0\.1|whsec_|https/)
    expect(await isThere(name)).toBe(false)
    return text
  }

  test.each(withoutAnswer)('%s', async (manner, why) => {
    tickets.manner = manner
    const text = await refused(`no-${manner}`)
    tickets.manner = 'judge'

    expect(text).toContain(why)
  })

  test('another certificate', async () => {
    const before = tickets.received.length
    tickets.useOtherCertificate(true)
    const text = await refused('no-certificate')
    tickets.useOtherCertificate(false)

    expect(text).toContain('it could not be called')
    expect(tickets.received).toHaveLength(before)
  })

  test('but what was made can be revoked', async () => {
    tickets.manner = 'hang'
    const { code } = await revoke('alice', namespace, 'valid')
    tickets.manner = 'judge'

    expect(code).toBe(0)
  })
})

describe('a grant', () => {
  test('needs the validator as well; what the template asks it is asked once', async () => {
    await offer('reviewed', [{ webhook: { name: 'tickets' } }, { peerReview: { count: 1, reviewers: [sre] } }])
    await ask('reviewed', { attributes: { ticket: 'OPS-1' } })
    // Only the review is missing: the validator has answered.
    await until('the review alone is missing', async () =>
      (await storedRequest(namespace, 'reviewed')).status?.message?.endsWith(
        ': it needs approval by 1 more of group sre',
      ),
    )
    tickets.openTickets.delete('OPS-1')
    const refusal = await refusedApply('bob', await verdict('bob', 'reviewed'))
    tickets.openTickets.add('OPS-1')
    for (const label of ['one', 'two', 'three']) {
      await admin(['label', 'areq', 'reviewed', '-n', namespace, `looked=${label}`, '--overwrite'])
    }
    await approve('bob', 'reviewed')
    await ready('reviewed')

    expect(refusal).toContain('The validator tickets says no: ticket OPS-1 is not open (E_VALIDATOR)')
    const { metadata, status } = await storedRequest(namespace, 'reviewed')
    const [challenge, ...more] = receivedOf('Challenge', 'reviewed')
    expect(more).toEqual([])
    expect(challenge?.call).toMatchObject({
      identity: { username: 'alice' },
      request: { uid: metadata.uid, digest: status?.digest, target: { pod: 'web-0' } },
    })
    expect(receivedOf('Grant', 'reviewed').map(({ call }) => call)).toEqual(
      Array.from({ length: 2 }, () =>
        expect.objectContaining({
          identity: expect.objectContaining({ username: 'bob' }),
          attributes: { ticket: 'OPS-1' },
          request: expect.objectContaining({ uid: metadata.uid }),
          grant: { verdict: 'Approved', digest: status?.shortDigest },
        }),
      ),
    )
  })

  test('that denies is held up by nobody', async () => {
    const under = { templateRef: { kind: 'AccessTemplate', name: 'reviewed' }, attributes: { ticket: 'OPS-1' } }
    await ask('denied', under)
    const denial = await verdict('bob', 'denied', { verdict: 'Denied', digest: undefined })
    tickets.manner = 'hang'
    await applied('bob', denial)
    tickets.manner = 'judge'

    expect(await ended(namespace, 'denied', 'Denied')).toBe('bob denied it')
    expect(receivedOf('Grant', 'denied')).toEqual([])
  })
})

test('a template that names a validator: a request waits for it to be there, and for its yes; its no denies', async () => {
  const under = { templateRef: { kind: 'AccessTemplate', name: 'named' } }
  tickets.openTickets.add('OPS-42').add('OPS-43')
  await offer('named', [{ webhook: { name: 'documented' } }])
  await ask('open', { ...under, attributes: { ticket: 'OPS-42' } })
  expect(await told('open', 'the validator documented gave no answer')).toContain(
    'it could not be called; it is asked again, and it is not your fault',
  )
  await documented.start()
  await ready('open')
  await ask('closed', { ...under, attributes: { ticket: 'OPS-43' } })

  expect(await ended(namespace, 'closed', 'Denied')).toBe(
    'the validator documented says no: ticket OPS-43 is not open (E_CHALLENGE)',
  )
  const unknown = templateFile(namespace, 'bad', { challenges: [{ webhook: { name: 'nobody' } }] })
  expect(await refusedApply('admin', unknown)).toContain(
    'spec.challenges[0].webhook.name: the config has no validator nobody; it has tickets, documented',
  )
})

describe('attributes that a template demands', () => {
  const under = { templateRef: { kind: 'AccessTemplate', name: 'demands' }, duration: undefined }
  const attributes = [
    { key: 'ticket', pattern: 'OPS-\\d+|none' },
    { key: 'customer', pattern: '[a-z]+', optional: true },
  ]

  test('must be there, and match', async () => {
    await offer('demands', [], { attributes })
    const refusalOf = (asked: object): Promise<string> =>
      refusedApply('alice', requestFile(namespace, 'demands', { ...under, attributes: asked }))

    expect(await refusalOf({ other: 'x' })).toContain(
      'AccessTemplate demands demands attributes: spec.attributes.ticket is missing; it must match OPS-\\d+|none (E_TEMPLATE_ATTRIBUTE)',
    )
    expect(await refusalOf({ ticket: 'OPS-1 or so', customer: 'ACME' })).toContain(
      'spec.attributes.ticket does not match OPS-\\d+|none as a whole; spec.attributes.customer does not match [a-z]+ as a whole',
    )
    await ask('demands', { attributes: { ticket: 'OPS-1', other: 'x' } })
    await ready('demands')
  })

  test('are given on the command line as the page says', async () => {
    const [, command = ''] = /`(kubectl access request [^`]*)`/.exec(readFileSync('docs/validators.md', 'utf8')) ?? []
    tickets.openTickets.add('OPS-42')
    const shell = await shellWithPlugin()
    const { code, stderr } = await shell('alice', `${command} -n ${namespace} --name typed`)

    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('ANY COMMAND') })
    expect((await storedRequest(namespace, 'typed')).spec).toMatchObject({
      reason: 'stuck queue',
      attributes: { ticket: 'OPS-42' },
    })
  })

  test.each([
    ['that do not compile', [{ key: 'a', pattern: 'a)|(b' }], /spec.attributes\[0\].pattern/],
    ['that repeat too much', [{ key: 'a', pattern: '(.{0,900}){2}' }], /spec.attributes\[0\].pattern/],
    ['twice', [{ key: 'a' }, { key: 'a' }], /Duplicate value/],
  ])('%s are refused at apply', async (_title, wrong, text) => {
    expect(await refusedApply('admin', templateFile(namespace, 'bad', { attributes: wrong }))).toMatch(text)
  })
})

describe('the example validator refuses', () => {
  const post = async ({ headers, body }: Pick<Received, 'headers' | 'body'>): Promise<string> => {
    const agent = new Agent({ connect: { ca: readFileSync(tickets.config.caFile, 'utf8') } })
    const answer = await request(tickets.config.url, {
      method: 'POST',
      headers: { ...headers },
      body,
      dispatcher: agent,
    })
    const text = `${answer.statusCode} ${await answer.body.text()}`
    await agent.close()
    return text
  }
  const signed = (body: string, { id = '', at = Date.now(), secret = tickets.secret } = {}): Received['headers'] => ({
    ...signDelivery({ id, body, at, keys: [Buffer.from(secret.replace('whsec_', ''), 'base64')] }),
  })

  test('what was sent before, what was altered, what is old, what others signed and what nobody did', async () => {
    const [received] = receivedOf('Request', 'valid')
    if (!received) throw new Error('it was asked nothing')
    const { headers, body, call } = received
    const altered = body.replace('OPS-1', 'OPS-9')
    const later = { ...call, id: 'later' }
    const ofOthers = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

    expect(checkCall(call)).toMatchObject({ ok: true })
    expect(await post({ headers, body })).toBe('409 a replay')
    expect(await post({ headers: signed(body, { id: call.id }), body })).toBe('409 a replay')
    expect(await post({ headers, body: altered })).toBe('400 no signature fits')
    expect(await post({ headers: signed(body, { id: 'later' }), body })).toBe(
      '400 webhook-id is not that of the question',
    )
    expect(await post({ headers: signed(body, { id: call.id, at: Date.now() - 301_000 }), body })).toContain(
      '400 it is too old',
    )
    expect(await post({ headers: signed(body, { id: call.id, secret: ofOthers }), body })).toBe('400 no signature fits')
    expect(await post({ headers: {}, body })).toBe('400 it is not signed')
    const fresh = JSON.stringify(later)
    expect(await post({ headers: signed(fresh, { id: 'later' }), body: fresh })).toBe('200 {"status":"valid"}')
  })
})
