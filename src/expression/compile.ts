import { CelScalar, celEnv, celFunc, isCelError, parse, plan, type CelResult } from '@bufbuild/cel'
import { maxExpression } from '../api/kinds/challenge.ts'
import type { Answer } from '../decision/challenge/judge.ts'
import { exampleFacts, type ExpressionFacts } from '../decision/challenge/expression-facts.ts'
import { bindings } from './bindings.ts'
import { misnamed } from './names.ts'

export type CompiledExpression =
  { readonly evaluate: (facts: ExpressionFacts) => Answer } | { readonly problem: string }

const maxNesting = 60
// A comprehension can double a text thirty times, to a gigabyte.
const maxConcatenated = 65_536

const { STRING, BYTES } = CelScalar
const env = celEnv({
  funcs: [
    celFunc('_+_', [STRING, STRING], STRING, (one, other) => {
      demandLength(one.length + other.length)
      return one + other
    }),
    celFunc('_+_', [BYTES, BYTES], BYTES, (one, other) => {
      demandLength(one.length + other.length)
      return Buffer.concat([one, other])
    }),
  ],
})

function demandLength(length: number): void {
  if (length > maxConcatenated) throw new Error(`a text becomes longer than ${maxConcatenated} characters`)
}

const isFunction = (name: string): boolean => env.funcs.find(name) !== undefined

/**
 * Compiles an expression. Call it only in a process that can be killed, because it may never end.
 * @returns the compiled expression, or a clause that names problem and place
 */
export function compile(source: string): CompiledExpression {
  if (source.length > maxExpression) return { problem: `it is longer than ${maxExpression} characters` }
  if (nestingOf(source) > maxNesting) return { problem: `its brackets are nested deeper than ${maxNesting} levels` }
  try {
    return check(source)
  } catch (error) {
    if (error instanceof RangeError) return { problem: 'it is nested too deeply' }
    return { problem: syntaxProblem(error) }
  }
}

function check(source: string): CompiledExpression {
  const parsed = parse(source)
  const where = (id: bigint | undefined): string => {
    const offset = id === undefined ? undefined : parsed.sourceInfo?.positions[String(id)]
    return offset === undefined ? '' : `${place(source, offset)}: `
  }
  const wrong = misnamed(parsed.expr, { isFunction, locals: [] })
  if (wrong) return { problem: where(wrong.id) + wrong.problem }

  const run = plan(env, parsed)
  const tried = run(bindings(exampleFacts))
  // The example may lack fields that a request has, so other errors do not count. Whether types fit does not depend on
  // them.
  if (isCelError(tried) && tried.message.startsWith('found no matching overload')) {
    return { problem: where(tried.exprId) + tried.message }
  }
  if (!isCelError(tried) && typeof tried !== 'boolean') return { problem: notBoolean(tried) }
  return { evaluate: (facts) => answer(run(bindings(facts))) }
}

function answer(result: CelResult): Answer {
  if (isCelError(result)) return { outcome: 'failed', why: result.message }
  if (typeof result !== 'boolean') return { outcome: 'failed', why: notBoolean(result) }
  return { outcome: result ? 'yes' : 'no' }
}

function notBoolean(result: unknown): string {
  const type = typeof result === 'bigint' || typeof result === 'number' ? 'a number' : 'a value'
  return `it gives ${typeof result === 'string' ? 'a string' : type}, and must give true or false`
}

/** Returns the place in lines and columns, counted from 1. For an operator, CEL gives the end of its left side. */
function place(source: string, offset: number): string {
  const blank = source.slice(offset).search(/\S/)
  const before = source.slice(0, offset + Math.max(blank, 0)).split('\n')
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`
}

// The parser lists all that could stand there, which is nearly everything.
const parserMessage = /^<input>:(\d+):(\d+): (.*?)(?: but expecting .*)?$/s

function syntaxProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [, line, column, what] = parserMessage.exec(message) ?? []
  return what === undefined ? message : `line ${line ?? ''}, column ${column ?? ''}: ${what} where it does not belong`
}

const strings = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs

/**
 * Returns how deep the brackets of a CEL expression are nested, because its parser needs a stack for that. Brackets in
 * strings do not count.
 */
function nestingOf(source: string): number {
  let depth = 0
  let deepest = 0
  for (const character of source.replaceAll(strings, '')) {
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}
