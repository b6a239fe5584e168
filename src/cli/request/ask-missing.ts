import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { say } from '../../decision/text/sentence.ts'
import { withPrompts } from '../output/prompt.ts'
import type { NewRequest } from './asked-request.ts'

/**
 * Asks the user for what the request still lacks: the reason, and the attributes that its template demands.
 * @throws Refusal if the user gives no answer
 */
export async function withAnswers(wanted: NewRequest, template: AnyTemplate | undefined): Promise<NewRequest> {
  const { reason, attributes = {} } = wanted.spec
  const demanded = (template?.spec.attributes ?? []).filter(
    ({ key, optional = false }) => !optional && !Object.hasOwn(attributes, key),
  )
  if (reason !== undefined && demanded.length === 0) return wanted
  return withPrompts(async (prompts) => {
    const why = reason ?? (await prompts.text(reasonQuestion))
    const added: Record<string, string> = {}
    for (const { key } of demanded) {
      const otherwise = say`add --attribute ${key}=TEXT`
      added[key] = await prompts.text({ question: say`The template asks for ${key}`, otherwise })
    }
    return { ...wanted, spec: { ...wanted.spec, reason: why, ...withAttributes({ ...attributes, ...added }) } }
  })
}

const reasonQuestion = {
  question: 'Why do you need access? Approvers read it',
  otherwise: 'add --reason TEXT',
}

function withAttributes(attributes: Readonly<Record<string, string>>): Pick<NewRequest['spec'], 'attributes'> {
  return Object.keys(attributes).length > 0 ? { attributes } : {}
}
