import { createHmac, timingSafeEqual } from 'node:crypto'

// What a receiver of Sallyport's calls checks, with nothing of Sallyport in it. There are libraries for it in most languages.

const toleranceMs = 5 * 60_000
// More than come within the tolerance: what is older is refused anyway.
const remembered = 100_000

/** The last texts that were added; `add` is false for one of them. */
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

/** Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`. Undefined where somebody with a secret signed it, just now. */
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
