// The work of a separate process, which src/expression/worker-process.ts starts and kills. Only src/program.ts loads
// this.
import { Script } from 'node:vm'
import type { Answer } from '../decision/challenge/judge.ts'
import { exampleFacts, type ExpressionFacts } from '../decision/challenge/expression-facts.ts'
import { compile, type CompiledExpression } from './compile.ts'

/** A question to the worker: can the expression be used, or, with facts, what does it say of them? */
export interface Job {
  readonly source: string
  readonly facts?: ExpressionFacts
}

export type Reply = { readonly problem: string | undefined } | { readonly answer: Answer }

const maxKept = 256
const kept = new Map<string, CompiledExpression>()

function compiled(source: string): CompiledExpression {
  const found = kept.get(source) ?? compile(source)
  if (kept.size >= maxKept) kept.clear()
  kept.set(source, found)
  return found
}

function reply({ source, facts }: Job): Reply {
  const expression = compiled(source)
  const problem = 'problem' in expression ? expression.problem : undefined
  if (!facts) return { problem }
  return {
    answer: 'problem' in expression ? { outcome: 'failed', why: expression.problem } : expression.evaluate(facts),
  }
}

// The main process kills us long before this. If it was killed itself, nothing else would end an endless expression.
const orphanedMs = 2_000
const bounded = new Script('answerJob()')

process.on('message', (job: Job) => {
  Object.assign(globalThis, { answerJob: () => process.send?.(reply(job)) })
  bounded.runInThisContext({ timeout: orphanedMs })
})

// The first expression takes a hundred times as long as the next. It must not be one of a user's, whose time counts.
const rehearsal =
  "request.duration < duration('2h') && requestor.groups.exists(g, g.matches('^d')) && now.getHours('UTC') > 0"
reply({ source: rehearsal, facts: exampleFacts })
kept.clear()
process.send?.('ready')
