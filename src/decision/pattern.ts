import { RE2JS, RE2JSSyntaxException } from '@bufbuild/re2'

// The time of a match grows with text times instructions, and the match blocks the event loop. At worst it takes 65 ms,
// for 2048 characters and 1800 instructions. `.{0,1000}` has 2000 instructions by itself.
const maxInstructions = 1_000
const maxLength = 256

/** A regular expression of RE2. Its time is linear in the text, so no text can make it hang, unlike JavaScript's. */
export interface Pattern {
  /** True if it matches some part of the text. `^` and `$` tie it to the whole text. */
  readonly matches: (text: string) => boolean
  /** The steps that one character of the text costs at most. */
  readonly instructions: number
}

export type CompiledPattern = { readonly pattern: Pattern } | { readonly problem: string }

/** @returns A problem if the source cannot be used: a clause that says what is wrong with it. */
export function compilePattern(source: string): CompiledPattern {
  return source.length > maxLength ? { problem: `it is longer than ${maxLength} characters` } : compile(source)
}

/**
 * Compiles a pattern that must match from the first character to the last. The source is compiled without the brackets
 * first: `a)|(b` is a pattern only between other brackets.
 */
export function compileWhole(source: string): CompiledPattern {
  const alone = compilePattern(source)
  return 'problem' in alone ? alone : compile(`\\A(?:${source})\\z`)
}

function compile(source: string): CompiledPattern {
  try {
    const compiled = RE2JS.compile(source)
    const instructions = compiled.re2().prog.numInst()
    if (instructions > maxInstructions) {
      return { problem: 'it repeats too much: use smaller numbers in {}, or * and +' }
    }
    return { pattern: { matches: (text) => compiled.test(text), instructions } }
  } catch (error) {
    // `error parsing regexp: missing closing ): `(``: the second part says it all.
    if (error instanceof RE2JSSyntaxException) return { problem: error.message.replace('error parsing regexp: ', '') }
    throw error
  }
}
