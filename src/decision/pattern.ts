import { RE2JS } from '@bufbuild/re2'

/** A regular expression of somebody else's: RE2, whose time is linear in the text, never a JavaScript RegExp. */
interface Pattern {
  /** Whether it is found anywhere in the text. */
  matches(text: string): boolean
}

export type Compiled =
  { readonly ok: true; readonly pattern: Pattern } | { readonly ok: false; readonly problem: string }

/** Compiles RE2 syntax; the problem is a clause. */
export function compilePattern(source: string): Compiled {
  try {
    const compiled = new RE2JS(source)
    return { ok: true, pattern: { matches: (text) => compiled.test(text) } }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : 'it is no regular expression' }
  }
}
