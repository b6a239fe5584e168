import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Instant, Milliseconds } from '../api/duration.ts'

// Standard Webhooks 1.0.0, symmetric (v1): https://www.standardwebhooks.com. Written here because it is one HMAC; `examples/` and the
// receivers of others need no line of ours.

/** What a delivery carries beside its body. */
export interface DeliveryHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

const secretPrefix = 'whsec_'
// The specification's own bounds.
const minSecretBytes = 24
const maxSecretBytes = 64

export type Secret = { readonly key: Buffer } | { readonly problem: string }

/** A secret as it is handed around: `whsec_` and base64 of 24 to 64 bytes. The prefix may be missing. */
export function parseSecret(text: string): Secret {
  const encoded = text.trim().replace(/^whsec_/, '')
  const key = Buffer.from(encoded, 'base64')
  // Node reads what it can of bad base64, and would sign with half a secret.
  if (key.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) return { problem: 'it is no base64' }
  if (key.length >= minSecretBytes && key.length <= maxSecretBytes) return { key }
  return {
    problem: `it has ${key.length} bytes, and must have ${minSecretBytes} to ${maxSecretBytes}: printf '${secretPrefix}%s' "$(openssl rand -base64 32)"`,
  }
}

interface Signing {
  readonly id: string
  readonly body: string
  readonly at: Instant
  /** While a secret is being replaced, both: a receiver takes the delivery by either. */
  readonly keys: readonly Buffer[]
}

/** The headers of a delivery. */
export function signDelivery({ id, body, at, keys }: Signing): DeliveryHeaders {
  const timestamp = String(Math.floor(at / 1_000))
  const signatures = keys.map((key) => `v1,${macOf(key, { id, timestamp, body }).toString('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

export type Verified = { readonly ok: true } | { readonly ok: false; readonly problem: string }

interface Received {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** As it came: bytes that were parsed and written anew are others. */
  readonly body: string
  readonly now: Instant
  readonly keys: readonly Buffer[]
  readonly toleranceMs?: Milliseconds
}

// The specification's own.
const defaultToleranceMs = 300_000

/** Whether a delivery comes from who has the secret, is whole, and is not an old one. */
export function verifyDelivery(received: Received): Verified {
  const { headers, body, now, keys, toleranceMs = defaultToleranceMs } = received
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  )
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
    return { ok: false, problem: 'webhook-id, webhook-timestamp or webhook-signature is missing' }
  }
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, problem: 'webhook-timestamp is no number of seconds' }
  if (Math.abs(now - Number(timestamp) * 1_000) > toleranceMs) {
    return { ok: false, problem: 'webhook-timestamp is too far from now: an old delivery, or a clock is wrong' }
  }
  const given = signature
    .split(' ')
    .flatMap((one) => (one.startsWith('v1,') ? [Buffer.from(one.slice(3), 'base64')] : []))
  const wanted = keys.map((key) => macOf(key, { id, timestamp, body }))
  const matches = wanted.some((mac) => given.some((one) => one.length === mac.length && timingSafeEqual(one, mac)))
  return matches
    ? { ok: true }
    : { ok: false, problem: 'no signature fits the body: altered, or signed with another secret' }
}

function macOf(
  key: Buffer,
  signed: { readonly id: string; readonly timestamp: string; readonly body: string },
): Buffer {
  return createHmac('sha256', key).update(`${signed.id}.${signed.timestamp}.${signed.body}`).digest()
}
