import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseSecret, signDelivery, verifyDelivery } from '../../../src/signed-calls/standard-webhook.ts'

// The reference implementations are tested with this vector (standard-webhooks/standard-webhooks, libraries).
const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}
const key = keyOf(vector.secret)
const other = keyOf(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
const at = vector.timestamp * 1_000
const signed = signDelivery({ id: vector.id, body: vector.body, at, keys: [key] })

function keyOf(secret: string): Buffer {
  const parsed = parseSecret(secret)
  if ('problem' in parsed) throw new Error(parsed.problem)
  return parsed.key
}

const verify = (fields: Partial<Parameters<typeof verifyDelivery>[0]> = {}): boolean =>
  verifyDelivery({ headers: { ...signed }, body: vector.body, now: at, keys: [key], ...fields }).ok

test('the vector of the specification has its signature', () => {
  expect(signed).toEqual({
    'webhook-id': vector.id,
    'webhook-timestamp': String(vector.timestamp),
    'webhook-signature': vector.signature,
  })
})

describe('a delivery is taken', () => {
  test('as it was sent, within five minutes', () => {
    expect([verify(), verify({ now: at + 300_000 }), verify({ now: at - 300_000 })]).toEqual([true, true, true])
  })

  test('while the secret is being replaced, by whoever knows the old or the new one', () => {
    const headers = { ...signDelivery({ id: vector.id, body: vector.body, at, keys: [other, key] }) }

    expect([verify({ headers }), verify({ headers, keys: [other] })]).toEqual([true, true])
  })

  test('with signatures of other kinds beside ours', () => {
    expect(verify({ headers: { ...signed, 'webhook-signature': `v1a,AAAA v2,x ${vector.signature}` } })).toBe(true)
  })
})

describe('a delivery is refused', () => {
  test.each([
    ['that is older than five minutes', { now: at + 300_001 }],
    ['of the future', { now: at - 301_000 }],
    ['signed with another secret', { keys: [other] }],
    ['where the receiver has no secret', { keys: [] }],
    [
      'of another kind of signature',
      { headers: { ...signed, 'webhook-signature': vector.signature.replace('v1', 'v2') } },
    ],
    ['with half a signature', { headers: { ...signed, 'webhook-signature': vector.signature.slice(0, 20) } }],
    ['with an empty signature', { headers: { ...signed, 'webhook-signature': 'v1,' } }],
    ['without a signature', { headers: { ...signed, 'webhook-signature': undefined } }],
    ['with a header twice', { headers: { ...signed, 'webhook-id': [vector.id, vector.id] } }],
    ['with another id', { headers: { ...signed, 'webhook-id': 'msg_other' } }],
    ['with another time', { headers: { ...signed, 'webhook-timestamp': String(vector.timestamp + 1) } }],
    ['with a time that is none', { headers: { ...signed, 'webhook-timestamp': 'now' } }],
  ])('%s', (_title, fields) => {
    expect(verify(fields)).toBe(false)
  })

  test('in which anything was altered', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (body, altered) => {
        const headers = { ...signDelivery({ id: 'id', body, at, keys: [key] }) }

        expect(verify({ headers, body })).toBe(true)
        expect(verify({ headers, body: altered })).toBe(altered === body)
      }),
    )
  })
})

test.each([
  ['too short', 'whsec_c2hvcnQ='],
  ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
  ['no base64', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*'],
  ['empty', ''],
])('a secret that is %s is none', (_title, secret) => {
  expect(parseSecret(secret)).toHaveProperty('problem')
})
