import { createHash } from 'node:crypto'

// RFC 4648 §6 in lower case: an object's name takes no capitals.
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
const bitsPerCharacter = 5

/**
 * The name of the AccessPass of a user for a pod has 54 characters. The gate computes it, and finds the pass by one GET.
 * Lengths are hashed before the texts, in bytes, so that no two pairs concatenate to the same; the names alone are no
 * secret and allow nothing.
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

/** Without padding. */
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
