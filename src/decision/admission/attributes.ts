import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { denied, type Deny } from '../decision.ts'
import { compileWhole, type CompiledPattern } from '../pattern.ts'
import { say } from '../text/sentence.ts'

/** An attribute that a template demands. */
export type DemandedAttribute = NonNullable<AnyTemplate['spec']['attributes']>[number]

// Of all patterns of a template. They are matched on the thread that answers the API server: with the longest values, some 35 ms at worst.
const maxInstructions = 2_000
const tooMuch = {
  problem: 'repeats too much together with the patterns before it: use smaller numbers in {}, or * and +',
} as const

/** Why the attributes of a request are not those that its template demands. No value is quoted: it may be a secret. */
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

/** What all patterns of a template may cost is bounded, also of one that was stored by an older Sallyport: those beyond match nothing. */
function compileAll(attributes: readonly DemandedAttribute[]): readonly CompiledAttribute[] {
  let left = maxInstructions
  return attributes.map((demanded) => {
    if (demanded.pattern === undefined) return { ...demanded, compiled: undefined }
    // Not compiled any more: that costs as much as to match.
    if (left <= 0) return { ...demanded, compiled: tooMuch }
    const compiled = compileWhole(demanded.pattern)
    if ('pattern' in compiled) left -= compiled.pattern.instructions
    return { ...demanded, compiled: left < 0 ? tooMuch : compiled }
  })
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

/** What is wrong with the attributes that a template demands; each a clause that names the field. */
export function attributeProblems(attributes: readonly DemandedAttribute[]): readonly string[] {
  return compileAll(attributes).flatMap(({ compiled }, index) => {
    if (!compiled || 'pattern' in compiled) return []
    if (compiled === tooMuch) return [say`spec.attributes[${String(index)}].pattern ${tooMuch.problem}`]
    return [say`spec.attributes[${String(index)}].pattern is no RE2 expression: ${compiled.problem}`]
  })
}
