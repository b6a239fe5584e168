import type { Answer } from '../decision/challenge/judge.ts'
import type { ExpressionFacts } from '../decision/challenge/expression-facts.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'
import type { Job, Reply } from './worker.ts'

/** Judges expressions of templates, which may be hostile: in a process of their own, each for so long and no longer. */
export interface Evaluator {
  /** What is wrong with an expression, and where, as a clause; undefined where it can be used. */
  readonly problemWith: (source: string) => Promise<string | undefined>
  readonly evaluate: (source: string, facts: ExpressionFacts) => Promise<Answer>
  /** Ends its processes; who waits gets no answer, which denies. */
  readonly close: () => void
}

export interface EvaluatorOptions {
  /** How long one expression may compute. */
  readonly limitMs?: number
  /** How many may wait for their turn. */
  readonly maxWaiting?: number
}

// A request has at most 64 KiB; the rest is for the target's labels.
const maxFacts = 131_072

export function createEvaluator({ limitMs = 50, maxWaiting = 100 }: EvaluatorOptions = {}): Evaluator {
  // One works, and one is warm for when that is killed: whoever comes next does not wait for a start.
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
      if (JSON.stringify(facts).length > maxFacts)
        return failed('there is too much to look at: request and labels are too large')
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

/** Nothing that the expression can help. */
function ours(why: string): Evaluation {
  return { why, passing: true }
}

function failed(why: string): Answer {
  return { outcome: 'failed', why }
}
