import type { AccessRequestSpec } from '../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../api/kinds/access-template.ts'
import { denied, type Deny } from './decision.ts'
import { compileWhole } from './pattern.ts'
import { say } from './sentence.ts'

type Demanded = NonNullable<AnyTemplate['spec']['attributes']>[number]

/** Why the attributes of a request are not those that its template demands. No value is quoted: it may be a secret. */
export function objectionToAttributes(
  asked: AccessRequestSpec,
  { kind, metadata, spec }: AnyTemplate,
): Deny | undefined {
  const problems = (spec.attributes ?? []).flatMap((demanded) => problemOf(demanded, asked.attributes ?? {}) ?? [])
  if (problems.length === 0) return undefined
  return denied('E_TEMPLATE_ATTRIBUTE', say`${kind} ${metadata.name} demands attributes: ` + problems.join('; '))
}

function problemOf({ key, pattern, optional = false }: Demanded, attributes: Attributes): string | undefined {
  const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined
  if (value === undefined) {
    if (optional) return undefined
    return say`spec.attributes.${key} is missing` + (pattern === undefined ? '' : say`; it must match ${pattern}`)
  }
  if (pattern === undefined) return undefined
  const compiled = compileWhole(pattern)
  if ('pattern' in compiled && compiled.pattern.matches(value)) return undefined
  return say`spec.attributes.${key} does not match ${pattern} as a whole`
}

type Attributes = Readonly<Record<string, string>>

/** What is wrong with the attributes that a template demands; each a clause that names the field. */
export function attributeProblems(attributes: readonly Demanded[]): readonly string[] {
  return attributes.flatMap(({ pattern }, index) => {
    const compiled = pattern === undefined ? undefined : compileWhole(pattern)
    if (!compiled || 'pattern' in compiled) return []
    return [say`spec.attributes[${String(index)}].pattern is no RE2 expression: ${compiled.problem}`]
  })
}
