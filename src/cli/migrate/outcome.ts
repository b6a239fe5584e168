import type { Note } from './note.ts'
import type { Converted, Made } from './source.ts'

/** The result for one object of the files. */
export interface Outcome {
  readonly origin: string
  /** The object in words, such as `ExecAccessTemplate shop/web`. */
  readonly title: string
  /** `Refused`: it was to be converted, and something in it is wrong. `Untouched`: it is not of the four systems. */
  readonly result: 'Converted' | 'Refused' | 'NoEqual' | 'Untouched'
  /** Objects that an administrator applies. */
  readonly objects: readonly Made[]
  /** Requests. Each belongs to the person who applies it. */
  readonly requests: readonly Made[]
  readonly config: NonNullable<Converted['config']>
  readonly notes: readonly Note[]
}
