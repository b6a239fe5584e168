import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { passKeyOf } from '../views/keys.ts'

/**
 * The API server's words about each pass that it refused. A refused pass is not stored anywhere, so this leader
 * remembers them. The next leader tries each pass anew.
 */
export interface PassRefusals {
  /**
   * Notes the words about a pass, and returns true if they are new.
   * @param words undefined if the API server accepted the pass
   */
  note(key: string, words: string | undefined): boolean
  /** Returns the words about the pass that lets the requestor in. */
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
