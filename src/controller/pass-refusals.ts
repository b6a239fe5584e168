import type { AccessRequest } from '../api/kinds/access-request.ts'
import { passKeyOf } from './keys.ts'

/**
 * The passes that the API server refused, by key, in its words. They are no object, so what is said of them lives as long as this
 * leader leads; whoever leads next tries each anew.
 */
export interface PassRefusals {
  /** @returns whether that is news; undefined: it was not refused */
  note(key: string, words: string | undefined): boolean
  /** Of the pass by which the requestor gets in. */
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
