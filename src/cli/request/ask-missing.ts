import type { StringMap } from '../../api/fields.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { say } from '../../decision/text/sentence.ts'
import { lackedValues, withMoreValues } from '../kinds/access-kinds.ts'
import { exitCode } from '../output/exit-code.ts'
import { Refusal } from '../output/failure.ts'
import { withPrompts, type Prompts } from '../output/prompt.ts'
import type { NewRequest } from './asked-request.ts'

/** The answers that a request still lacks. */
interface Missing {
  readonly reason: boolean
  /** The keys of the attributes that its template demands. */
  readonly attributes: readonly string[]
  /** The names of the parameters that its template demands. */
  readonly parameters: readonly string[]
}

function missingFrom({ spec }: NewRequest, template: AnyTemplate | undefined): Missing {
  const { reason, attributes = {} } = spec
  const demanded = (template?.spec.attributes ?? []).filter(
    ({ key, optional = false }) => !optional && !Object.hasOwn(attributes, key),
  )
  const parameters = template ? lackedValues(spec, template) : []
  return { reason: reason === undefined, attributes: demanded.map(({ key }) => key), parameters }
}

/**
 * Asks the user for what the request still lacks: the reason, and the attributes and parameters that its template
 * demands.
 * @throws Refusal if the user gives no answer
 */
export async function withAnswers(wanted: NewRequest, template: AnyTemplate | undefined): Promise<NewRequest> {
  const missing = missingFrom(wanted, template)
  if (!missing.reason && missing.attributes.length + missing.parameters.length === 0) return wanted
  const { reason, attributes = {} } = wanted.spec
  return withPrompts(async (prompts) => {
    const why = reason ?? (await prompts.text(reasonQuestion))
    const added = await asked(prompts, missing.attributes, '--attribute')
    const values = await asked(prompts, missing.parameters, '--param')
    const access = missing.parameters.length > 0 ? withMoreValues(wanted.spec, values) : {}
    return {
      ...wanted,
      spec: { ...wanted.spec, ...access, reason: why, ...withAttributes({ ...attributes, ...added }) },
    }
  })
}

/** Asks for one value after the other. @param flag The flag that would give it. */
async function asked(prompts: Prompts, names: readonly string[], flag: string): Promise<StringMap> {
  const answers = new Map<string, string>()
  for (const name of names) {
    const otherwise = say`add ${flag} ${name}=TEXT`
    answers.set(name, await prompts.text({ question: say`The template asks for ${name}`, otherwise }))
  }
  return Object.fromEntries(answers)
}

/**
 * Does the same as withAnswers, but asks only a person at a terminal if stdin belongs to a command.
 * @throws Refusal that names the flags to add, where nobody can be asked
 */
export async function withAnswersBeside(
  { readsStdin }: { readonly readsStdin: boolean },
  wanted: NewRequest,
  template: AnyTemplate | undefined,
): Promise<NewRequest> {
  const isAskable = process.stdin.isTTY || !readsStdin
  return isAskable ? withAnswers(wanted, template) : withoutQuestions(wanted, template)
}

function withoutQuestions(wanted: NewRequest, template: AnyTemplate | undefined): NewRequest {
  const missing = missingFrom(wanted, template)
  const flags = [
    ...(missing.reason ? ['--reason TEXT'] : []),
    ...missing.attributes.map((key) => say`--attribute ${key}=TEXT`),
    ...missing.parameters.map((name) => say`--param ${name}=TEXT`),
  ]
  if (flags.length === 0) return wanted
  throw new Refusal(
    `Add ${flags.join(' and ')}. The command reads stdin, so you cannot be asked there.`,
    exitCode.usage,
  )
}

const reasonQuestion = {
  question: 'Why do you need access? Approvers read it',
  otherwise: 'add --reason TEXT',
}

function withAttributes(attributes: Readonly<Record<string, string>>): Pick<NewRequest['spec'], 'attributes'> {
  return Object.keys(attributes).length > 0 ? { attributes } : {}
}
