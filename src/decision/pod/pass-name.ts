import { createHash } from 'node:crypto'

// RFC 4648 §6 in lower case: the name of an object may not have capitals.
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const bitsPerCharacter = 5

/**
 * The name of the AccessPass of a user for a pod has 54 characters. The gate computes it, and finds the pass by one
 * GET. The length of each text, in bytes, is hashed before the text. So no two pairs concatenate to the same. The name
 * is not a secret, and knowing it does not give access.
 */
export function passName(username: string, pod: string): string {
  const hash = createHash('sha256')
  for (const part of [username, pod]) {
    const bytes = Buffer.from(part, 'utf8')
    const length = Buffer.alloc(8)
    length.writeBigUInt64BE(BigInt(bytes.length))
    hash.update(length).update(bytes)
  }
  return `p-${base32(hash.digest())}`
}

/** Writes bytes in base32, without padding. */
function base32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= bitsPerCharacter) {
      bits -= bitsPerCharacter
      text += alphabet.charAt((buffer >> bits) & 31)
    }
    buffer &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet.charAt((buffer << (bitsPerCharacter - bits)) & 31) : text
}
