/**
 * The effect of a field on the result. `NoEqual`: nothing in Sallyport means it. `Differs`: it was converted, and works
 * in another way. `Ignored`: it says nothing about who may do what.
 */
type Effect = 'NoEqual' | 'Differs' | 'Ignored'

/** A note about one field, and all below it. */
export interface Note {
  /** The path of the field, such as `spec.target.grants[0].kind`. Empty for the whole object. */
  readonly path: string
  readonly effect: Effect
  /** The value of the field. Undefined for the whole object, and for a field that is missing. */
  readonly value?: unknown
  /** A sentence without the full stop. */
  readonly why: string
  /** The next step, as a sentence without the full stop. */
  readonly remedy?: string
  /** A command for it, as a person may type it. */
  readonly command?: string
}

/** The words of a note, without its place. */
export type Told = Omit<Note, 'path' | 'value'>
