import { createHash, timingSafeEqual } from 'node:crypto'

/** True if the text is one of the secrets. The time that it takes reveals only the number of secrets. */
export function isOneOf(text: string, secrets: readonly string[]): boolean {
  const digest = digestOf(text)
  let isFound = false
  for (const secret of secrets) isFound = timingSafeEqual(digest, digestOf(secret)) || isFound
  return isFound
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
