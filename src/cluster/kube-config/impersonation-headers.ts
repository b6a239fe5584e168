import type { User } from './kube-config-file.ts'

/** The headers of a call. A header that is sent several times has a list. */
export type Headers = Readonly<Record<string, string | string[]>>

/** Returns the headers that impersonate a user: those of `kubectl --as`, with uid, groups and extra. */
export function impersonationHeaders(user: User): Headers {
  if (!user.as) return {}
  const uid = user['as-uid']
  const groups = user['as-groups'] ?? []
  const extra = Object.entries(user['as-user-extra'] ?? {})
  return {
    'Impersonate-User': utf8(user.as),
    ...(uid && { 'Impersonate-Uid': utf8(uid) }),
    ...(groups.length > 0 && { 'Impersonate-Group': groups.map(utf8) }),
    ...Object.fromEntries(extra.map(([key, values]) => [`Impersonate-Extra-${headerKey(key)}`, values.map(utf8)])),
  }
}

/** Encodes a text as Go writes it into a header: in UTF-8. */
function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/**
 * Escapes the characters that the name of a header may not have, as client-go does (transport/round_trippers.go,
 * headerKeyEscape).
 */
function headerKey(key: string): string {
  return Array.from(Buffer.from(key, 'utf8'), (byte) => {
    const character = String.fromCharCode(byte)
    return /[!#$&'*+\-.^_`|~0-9A-Za-z]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}
