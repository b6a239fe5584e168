import type { AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { denied, type Deny } from '../decision.ts'
import { compileWhole, type CompiledPattern } from '../pattern.ts'
import { say } from '../text/sentence.ts'

/** An attribute that a template demands. */
export type DemandedAttribute = NonNullable<AnyTemplate['spec']['attributes']>[number]

// For all patterns of a template together. The thread that answers the API server matches them. With the longest values
// that takes some 35 ms at worst.
const maxInstructions = 2_000
const tooMuch = {
  problem: 'repeats too much together with the patterns before it: use smaller numbers in {}, or * and +',
} as const

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

/**
 * Compiles the patterns of a template, up to a bound on the cost of all of them. Patterns beyond the bound match
 * nothing. This also bounds a template that an older Sallyport stored.
 */
function compileAll(attributes: readonly DemandedAttribute[]): readonly CompiledAttribute[] {
  let left = maxInstructions
  return attributes.map((demanded) => {
    if (demanded.pattern === undefined) return { ...demanded, compiled: undefined }
    // It is not compiled: that costs as much as a match.
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

/** The faults of the attributes that a template demands. Each is a clause that names the field. */
export function attributeProblems(attributes: readonly DemandedAttribute[]): readonly string[] {
  return compileAll(attributes).flatMap(({ compiled }, index) => {
    if (!compiled || 'pattern' in compiled) return []
    if (compiled === tooMuch) return [say`spec.attributes[${String(index)}].pattern ${tooMuch.problem}`]
    return [say`spec.attributes[${String(index)}].pattern is not an RE2 expression: ${compiled.problem}`]
  })
}
