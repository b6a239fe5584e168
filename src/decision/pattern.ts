import { RE2JS, RE2JSSyntaxException } from '@bufbuild/re2'

// Matching takes time in proportion to text times instructions, and blocks the event loop: 65 ms for 2048 characters and 1800
// of them, at worst. `.{0,1000}` alone makes 2000.
const maxInstructions = 1_000
const maxLength = 256

/** A regular expression of RE2, whose time is linear in the text: no text can make it hang, as one of JavaScript's can. */
export interface Pattern {
  /** Whether it matches some part of the text; `^` and `$` tie it to the whole. */
  readonly matches: (text: string) => boolean
  /** What a character of the text costs at most, in steps. */
  readonly instructions: number
}

export type CompiledPattern = { readonly pattern: Pattern } | { readonly problem: string }

/** @returns a clause that says what is wrong with the source, where it cannot be used */
export function compilePattern(source: string): CompiledPattern {
  return source.length > maxLength ? { problem: `it is longer than ${maxLength} characters` } : compile(source)
}

/** It must match from the first character to the last. By itself first: `a)|(b` is one only between other brackets. */
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
