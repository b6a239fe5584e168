import { compileWhole, type CompiledPattern } from './pattern.ts'

// For all patterns of a template together. The thread that answers the API server matches them. With the longest values
// that takes some 35 ms at worst.
const maxInstructions = 2_000

const tooMuch = {
  problem: 'repeats too much together with the patterns before it: use smaller numbers in {}, or * and +',
} as const

/**
 * Compiles patterns that must match whole values of at most 1024 characters, up to a bound on the cost of all of them.
 * Patterns beyond the bound match nothing. This also bounds a template that was stored while no webhook ran.
 */
export function compileTogether(sources: readonly (string | undefined)[]): readonly (CompiledPattern | undefined)[] {
  let left = maxInstructions
  return sources.map((source) => {
    if (source === undefined) return undefined
    // It is not compiled: that costs as much as a match.
    if (left <= 0) return tooMuch
    const compiled = compileWhole(source)
    if ('pattern' in compiled) left -= compiled.pattern.instructions
    return left < 0 ? tooMuch : compiled
  })
}

/** Returns the problem of a compiled pattern, as a clause that follows the field's name. Undefined if it has none. */
export function patternProblem(compiled: CompiledPattern | undefined): string | undefined {
  if (!compiled || 'pattern' in compiled) return undefined
  return compiled === tooMuch ? tooMuch.problem : `is not an RE2 expression: ${compiled.problem}`
}
