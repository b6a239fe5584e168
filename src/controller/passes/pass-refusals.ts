import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { passKeyOf } from '../views/keys.ts'

/**
 * The API server's words about each pass that it refused. A refused pass is not stored anywhere, so this leader remembers them. The
 * next leader tries each pass anew.
 */
export interface PassRefusals {
  /** @param words undefined where the pass was taken  @returns whether that is news */
  note(key: string, words: string | undefined): boolean
  /** The words about the pass that lets the requestor in. */
  of(request: AccessRequest): string | undefined
}

export function createPassRefusals(): PassRefusals {
  const words = new Map<string, string>()
  return {
    note(key, said) {
      if (words.get(key) === said) return false
      if (said === undefined) words.delete(key)
      else words.set(key, said)
      return true
    },
    of(request) {
      const [key = ''] = passKeyOf(request)
      return words.get(key)
    },
  }
}
