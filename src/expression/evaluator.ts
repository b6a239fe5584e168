import type { Answer } from '../decision/challenge/judge.ts'
import type { ExpressionFacts } from '../decision/challenge/expression-facts.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'
import type { Job, Reply } from './worker.ts'

/** Judges expressions of templates, which may be hostile. They run in a separate process, each with a time limit. */
export interface Evaluator {
  /** Resolves to a clause that says what is wrong with an expression, and where; to undefined if it can be used. */
  readonly problemWith: (source: string) => Promise<string | undefined>
  readonly evaluate: (source: string, facts: ExpressionFacts) => Promise<Answer>
  /** Ends its processes. Calls that wait get no answer, which denies. */
  readonly close: () => void
}

export interface EvaluatorOptions {
  /** The time that one expression may compute. */
  readonly limitMs?: number
  /** The number of expressions that may wait for their turn. */
  readonly maxWaiting?: number
}

// A request has at most 64 KiB; the rest is for the target's labels.
const maxFacts = 131_072

export function createEvaluator({ limitMs = 50, maxWaiting = 100 }: EvaluatorOptions = {}): Evaluator {
  // One works; a second one is warm in case the first is killed, so that the next expression does not wait for a start.
  let workers: readonly WorkerProcess[] = []
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let closed = false

  async function work(job: Job): Promise<Evaluation> {
    if (closed) return ours('Sallyport is being shut down')
    const [worker = startWorker(), spare = startWorker()] = workers.filter((one) => one.isAlive())
    workers = [worker, spare]
    if (!(await worker.started)) return ours('the process for expressions did not start')
    const reply = await worker.ask(job, limitMs)
    if (reply === 'interrupted') return ours('the process for expressions was killed, or given no time')
    return reply === 'too much' ? { why: `it computed for longer than ${limitMs} ms, or took too much memory` } : reply
  }

  function inTurn(job: Job): Promise<Evaluation> {
    if (waiting >= maxWaiting) return Promise.resolve(ours('too many expressions wait for their turn'))
    waiting += 1
    const outcome = turn
      .then(() => work(job))
      .finally(() => {
        waiting -= 1
      })
    turn = outcome.catch(() => undefined)
    return outcome
  }

  return {
    async problemWith(source) {
      const outcome = await inTurn({ source })
      if ('why' in outcome) return outcome.why
      return 'problem' in outcome ? outcome.problem : undefined
    },
    async evaluate(source, facts) {
      if (JSON.stringify(facts).length > maxFacts) return failed('request and labels are too large for an expression')
      const outcome = await inTurn({ source, facts })
      if ('answer' in outcome) return outcome.answer
      return 'why' in outcome ? { outcome: 'failed', ...outcome } : failed('it was not evaluated')
    },
    close() {
      closed = true
      for (const worker of workers) worker.kill()
    },
  }
}

type Evaluation = Reply | { readonly why: string; readonly passing?: true }

/** The result of a failure for which the expression is not the cause. */
function ours(why: string): Evaluation {
  return { why, passing: true }
}

function failed(why: string): Answer {
  return { outcome: 'failed', why }
}
