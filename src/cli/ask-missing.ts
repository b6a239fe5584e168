import { createInterface } from 'node:readline'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { printableWhole } from '../api/printable.ts'
import { say } from '../decision/text/sentence.ts'
import type { NewRequest } from './asked-request.ts'
import { Refusal } from './failure.ts'

/**
 * Asks the user for what the request still lacks: the reason, and the attributes that its template demands. The questions
 * go to stderr. The answers are lines of stdin, so a script can give them, too.
 * @throws Refusal if stdin ends before an answer
 */
export async function withAnswers(wanted: NewRequest, template: AnyTemplate | undefined): Promise<NewRequest> {
  const { reason, attributes = {} } = wanted.spec
  const demanded = (template?.spec.attributes ?? []).filter(
    ({ key, optional = false }) => !optional && !Object.hasOwn(attributes, key),
  )
  if (reason !== undefined && demanded.length === 0) return wanted
  const lines = createInterface({ input: process.stdin, terminal: false })
  const answers = lines[Symbol.asyncIterator]()
  try {
    const why = reason ?? (await answerTo('Why do you need access? Approvers read it', '--reason TEXT', answers))
    const added: Record<string, string> = {}
    for (const { key } of demanded) {
      added[key] = await answerTo(say`The template asks for ${key}`, say`--attribute ${key}=TEXT`, answers)
    }
    return { ...wanted, spec: { ...wanted.spec, reason: why, ...withAttributes({ ...attributes, ...added }) } }
  } finally {
    lines.close()
  }
}

async function answerTo(question: string, option: string, answers: AsyncIterator<string>): Promise<string> {
  process.stderr.write(`${question}: `)
  const next: IteratorResult<string, unknown> = await answers.next()
  const answer = next.done === true ? '' : next.value.trim()
  if (answer !== '') {
    // At a terminal, the user has typed it. From a script, it may be a line that was meant for something else.
    if (!process.stdin.isTTY) process.stderr.write(`${printableWhole(answer)}\n`)
    return answer
  }
  throw new Refusal(`\nNo answer was given, so nothing was asked for. Answer the question, or add ${option}.`)
}

function withAttributes(attributes: Readonly<Record<string, string>>): Pick<NewRequest['spec'], 'attributes'> {
  return Object.keys(attributes).length > 0 ? { attributes } : {}
}
