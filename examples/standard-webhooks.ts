import { createHmac, timingSafeEqual } from 'node:crypto'

// These are the checks that a receiver of Sallyport's calls makes. They use none of Sallyport's code. Most languages
// have a library for them.

const toleranceMs = 5 * 60_000
// More than can come within the tolerance. Anything older is refused in any case.
const remembered = 100_000

/** Remembers the texts that were added last. `add` returns false for a text that it remembers. */
export function createMemory(): { has(text: string): boolean; add(text: string): boolean } {
  const texts = new Set<string>()
  return {
    has: (text) => texts.has(text),
    add(text) {
      if (texts.has(text)) return false
      texts.add(text)
      const [oldest] = texts
      if (texts.size > remembered && oldest !== undefined) texts.delete(oldest)
      return true
    },
  }
}

interface Delivery {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
  readonly secrets: readonly string[]
  readonly now: number
}

/**
 * Checks a Standard Webhooks signature: HMAC-SHA256 over `id.timestamp.body`. Returns undefined if somebody with a
 * secret signed it just now.
 */
export function whyNotSigned({ headers, body, secrets, now }: Delivery): string | undefined {
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  )
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string')
    return 'it is not signed'
  if (!(Math.abs(now - Number(timestamp) * 1_000) <= toleranceMs)) return 'it is too old, or a clock is wrong'
  const given = signature.split(' ').map((one) => Buffer.from(one))
  const isRight = secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    const wanted = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
    return given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted))
  })
  return isRight ? undefined : 'no signature fits'
}
