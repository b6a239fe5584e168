import { compileWhole, type CompiledPattern } from './pattern.ts'

// The thread that answers the API server matches them. With values of 1024 characters, this many take some 35 ms.
const maxInstructions = 2_000

const tooMuch = {
  problem: 'repeats too much together with the patterns before it: use smaller numbers in {}, or * and +',
} as const

/** Compiles a pattern that must match a whole value, and counts its cost: that of one match. */
export type CompileWithin = (source: string) => CompiledPattern

/**
 * Returns a compiler of patterns with a bound on the cost of all of them. A pattern costs as often as it is asked for,
 * since it is then matched with another value. Patterns beyond the bound match nothing. This also bounds a template that
 * was stored while no webhook ran.
 * @param bound the instructions of RE2 in all
 */
export function compileWithin(bound: number): CompileWithin {
  const known = new Map<string, CompiledPattern>()
  let left = bound
  return (source) => {
    // It is not compiled: that costs as much as a match.
    if (left <= 0) return tooMuch
    const compiled = known.get(source) ?? compileWhole(source)
    known.set(source, compiled)
    if ('pattern' in compiled) left -= compiled.pattern.instructions
    return left < 0 ? tooMuch : compiled
  }
}

/** Compiles patterns that must match whole values of at most 1024 characters, each once. */
export function compileTogether(sources: readonly (string | undefined)[]): readonly (CompiledPattern | undefined)[] {
  const compile = compileWithin(maxInstructions)
  return sources.map((source) => (source === undefined ? undefined : compile(source)))
}

/** Returns the problem of a compiled pattern, as a clause that follows the field's name. Undefined if it has none. */
export function patternProblem(compiled: CompiledPattern | undefined): string | undefined {
  if (!compiled || 'pattern' in compiled) return undefined
  return compiled === tooMuch ? tooMuch.problem : `is not an RE2 expression: ${compiled.problem}`
}
