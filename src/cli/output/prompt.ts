import { createInterface } from 'node:readline'
import { printableWhole } from '../../api/printable.ts'
import { Refusal } from './failure.ts'
import { exitCode } from './exit-code.ts'

/** A question to the user. It goes to stderr, so that stdout has only what was asked for. */
interface Question {
  readonly question: string
  /** Tells how to do without the question, such as `add --reason TEXT`. A sentence ends in it. */
  readonly otherwise: string
}

/** Asks questions: at a terminal by prompts, else with one line of stdin for each, so that a script can answer, too. */
export interface Prompts {
  /** Asks for a text that is not blank. @throws Refusal if none is given */
  text(question: Question): Promise<string>
  /** Asks for yes or no; no is the default. @throws Refusal at the end of stdin or at Ctrl-C */
  confirm(question: Question): Promise<boolean>
  /** Lets the user pick one of several by its label. @throws Refusal if none is picked */
  select(question: Question, labels: readonly string[]): Promise<string>
}

/** True if a person reads stdout, and can answer a question about it. */
export function isAttended(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY
}

/** Opens the prompts, does the work, and gives stdin back. */
export async function withPrompts<T>(work: (prompts: Prompts) => Promise<T>): Promise<T> {
  if (process.stdin.isTTY) return work(await atTerminal())
  const lines = createInterface({ input: process.stdin, terminal: false })
  try {
    return await work(fromLines(lines[Symbol.asyncIterator]()))
  } finally {
    lines.close()
  }
}

async function atTerminal(): Promise<Prompts> {
  const { confirm, select, text } = await import('@clack/prompts')
  const output = process.stderr
  const given = async <T extends string | boolean>(answer: Promise<T | symbol>): Promise<T> => {
    const value = await answer
    if (typeof value === 'symbol') throw new Refusal('Nothing was done.', exitCode.interrupted)
    return value
  }
  return {
    async text({ question }) {
      const validate = (value: string | undefined) => (value?.trim() ? undefined : 'Write at least a word.')
      return (await given<string>(text({ message: question, validate, output }))).trim()
    },
    async confirm({ question }) {
      return given<boolean>(confirm({ message: `${question} [y/N]`, initialValue: false, output }))
    },
    async select({ question }, labels) {
      const options = labels.map((label) => ({ value: label, label }))
      return given<string>(select({ message: question, options, output }))
    },
  }
}

function fromLines(lines: AsyncIterator<string>): Prompts {
  const ask = async ({ question, otherwise }: Question): Promise<string> => {
    process.stderr.write(`${question}: `)
    const next: IteratorResult<string, unknown> = await lines.next()
    const answer = next.done === true ? '' : next.value.trim()
    if (answer === '')
      throw new Refusal(`\nNo answer was given, so nothing was done. Answer the question, or ${otherwise}.`)
    // A script's line may have been meant for something else. So the user sees it.
    process.stderr.write(`${printableWhole(answer)}\n`)
    return answer
  }
  return {
    text: ask,
    async confirm({ question, otherwise }) {
      return /^y(es)?$/i.test(await ask({ question: `${question} [y/N]`, otherwise }))
    },
    async select({ question, otherwise }, labels) {
      const shown = labels.map((label, index) => `  ${index + 1}  ${label}\n`).join('')
      const answer = await ask({ question: `${shown}${question} (1 to ${labels.length})`, otherwise })
      const label = labels[Number(answer) - 1]
      if (label === undefined)
        throw new Refusal(`Choice ${printableWhole(answer)} is not on the list, so nothing was done.`)
      return label
    },
  }
}
