import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Instant, Milliseconds } from '../api/duration.ts'

// Standard Webhooks 1.0.0, symmetric (v1): https://www.standardwebhooks.com. Written here because it is one HMAC;
// `examples/` and the receivers of others do not need this code.

/** The headers that a delivery has beside its body. */
export interface DeliveryHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

const secretPrefix = 'whsec_'
// The limits of the specification.
const minSecretBytes = 24
const maxSecretBytes = 64

export type Secret = { readonly key: Buffer } | { readonly problem: string }

/** Reads a secret in its usual form: `whsec_` and base64 of 24 to 64 bytes. The prefix may be missing. */
export function parseSecret(text: string): Secret {
  const encoded = text.trim().replace(/^whsec_/, '')
  const key = Buffer.from(encoded, 'base64')
  // Node reads only the good part of bad base64, and would sign with half a secret.
  if (key.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) return { problem: 'it is not base64' }
  if (key.length >= minSecretBytes && key.length <= maxSecretBytes) return { key }
  return {
    problem: `it has ${key.length} bytes, and must have ${minSecretBytes} to ${maxSecretBytes}: printf '${secretPrefix}%s' "$(openssl rand -base64 32)"`,
  }
}

interface Signing {
  readonly id: string
  readonly body: string
  readonly at: Instant
  /** Both secrets while one is being replaced: a receiver accepts a delivery signed by either. */
  readonly keys: readonly Buffer[]
}

/** Returns the headers of a delivery. */
export function signDelivery({ id, body, at, keys }: Signing): DeliveryHeaders {
  const timestamp = String(Math.floor(at / 1_000))
  const signatures = keys.map((key) => `v1,${macOf(key, { id, timestamp, body }).toString('base64')}`)
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') }
}

export type Verified = { readonly ok: true } | { readonly ok: false; readonly problem: string }

interface Received {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The bytes as they came: parsed and written again, they would differ. */
  readonly body: string
  readonly now: Instant
  readonly keys: readonly Buffer[]
  readonly toleranceMs?: Milliseconds
}

// The value of the specification.
const defaultToleranceMs = 300_000

/** Verifies that a delivery comes from a holder of the secret, is whole, and is not an old one. */
export function verifyDelivery(received: Received): Verified {
  const { headers, body, now, keys, toleranceMs = defaultToleranceMs } = received
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  )
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
    return { ok: false, problem: 'webhook-id, webhook-timestamp or webhook-signature is missing' }
  }
  if (!/^\d{1,12}$/.test(timestamp)) return { ok: false, problem: 'webhook-timestamp is not a number of seconds' }
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
    : { ok: false, problem: 'no signature fits the body: it was altered, or signed with another secret' }
}

function macOf(
  key: Buffer,
  signed: { readonly id: string; readonly timestamp: string; readonly body: string },
): Buffer {
  return createHmac('sha256', key).update(`${signed.id}.${signed.timestamp}.${signed.body}`).digest()
}
