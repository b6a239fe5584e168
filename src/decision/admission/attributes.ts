import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { denied, type Deny } from '../decision.ts'
import type { CompiledPattern } from '../pattern.ts'
import { compileTogether, patternProblem } from '../patterns-together.ts'
import { say } from '../text/sentence.ts'

/** An attribute that a template demands. */
export type DemandedAttribute = NonNullable<AnyTemplate['spec']['attributes']>[number]

/** Denies a request without the attributes that its template demands. It does not quote a value: it may be a secret. */
export function objectionToAttributes(
  asked: AccessRequestSpec,
  { kind, metadata, spec }: AnyTemplate,
): Deny | undefined {
  const compiled = compileAll(spec.attributes ?? [])
  const problems = compiled.flatMap((demanded) => problemOf(demanded, asked.attributes ?? {}) ?? [])
  if (problems.length === 0) return undefined
  return denied('E_TEMPLATE_ATTRIBUTE', say`${kind} ${metadata.name} demands attributes: ` + problems.join('; '))
}

type CompiledAttribute = DemandedAttribute & { readonly compiled: CompiledPattern | undefined }

function compileAll(attributes: readonly DemandedAttribute[]): readonly CompiledAttribute[] {
  const compiled = compileTogether(attributes.map(({ pattern }) => pattern))
  return attributes.map((demanded, index) => ({ ...demanded, compiled: compiled[index] }))
}

function problemOf(
  { key, pattern, compiled, optional = false }: CompiledAttribute,
  attributes: Attributes,
): string | undefined {
  const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined
  if (value === undefined) {
    if (optional) return undefined
    return say`spec.attributes.${key} is missing` + (pattern === undefined ? '' : say`; it must match ${pattern}`)
  }
  if (pattern === undefined || !compiled) return undefined
  if ('pattern' in compiled && compiled.pattern.matches(value)) return undefined
  return say`spec.attributes.${key} does not match ${pattern} as a whole`
}

type Attributes = Readonly<Record<string, string>>

/** The faults of the attributes that a template demands. Each is a clause that names the field. */
export function attributeProblems(attributes: readonly DemandedAttribute[]): readonly string[] {
  return compileAll(attributes).flatMap(({ compiled }, index) => {
    const problem = patternProblem(compiled)
    return problem === undefined ? [] : [say`spec.attributes[${String(index)}].pattern ${problem}`]
  })
}
