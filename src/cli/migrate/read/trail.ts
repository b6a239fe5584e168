import type { Note, Told } from '../note.ts'
import { leavesOf } from './leaves.ts'

/** The record of one conversion: which fields of the object were read, and what is to be said about others. */
export interface Trail {
  /** Notes that the field, and all below it, was read. */
  use(path: string): void
  tell(path: string, value: unknown, told: Told): void
  has(path: string): boolean
  /** Says why the object cannot be converted at all. */
  refuse(path: string, value: unknown, why: string, remedy?: string): void
  readonly notes: readonly Note[]
  readonly refusals: readonly Note[]
}

export function newTrail(): Trail & { unread(object: unknown): readonly Note[] } {
  const seen = new Set<string>()
  const notes: Note[] = []
  const refusals: Note[] = []
  const use = (path: string): void => void seen.add(path)
  return {
    notes,
    refusals,
    use,
    has: (path) => seen.has(path),
    tell(path, value, told) {
      use(path)
      notes.push({ path, value, ...told })
    },
    refuse(path, value, why, remedy) {
      use(path)
      refusals.push({ path, value, effect: 'NoEqual', why, ...(remedy !== undefined && { remedy }) })
    },
    unread: (object) =>
      leavesOf(object)
        .filter(({ within }) => !within.some((path) => seen.has(path)))
        .map(({ path, value }) => ({
          path,
          value,
          effect: 'NoEqual',
          why: 'this field is not known, so nothing was made of it',
          remedy: 'See if its name is right',
        })),
  }
}
