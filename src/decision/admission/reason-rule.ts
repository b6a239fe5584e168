import { unlessBlank } from '../../api/blank.ts'
import { compilePattern } from '../pattern.ts'

/** The reason that a template, or the config, demands of a request. */
interface DemandedReason {
  readonly required?: boolean | undefined
  readonly pattern?: string | undefined
}

export type ReasonProblem =
  { readonly is: 'missing'; readonly pattern: string | undefined } | { readonly is: 'other'; readonly pattern: string }

/** Says how a reason falls short of the demand. Undefined if it does not. A pattern demands a reason, too. */
export function reasonProblem(
  given: string | undefined,
  { required = false, pattern }: DemandedReason,
): ReasonProblem | undefined {
  const reason = unlessBlank(given)
  if (reason === undefined) return required || pattern !== undefined ? { is: 'missing', pattern } : undefined
  if (pattern === undefined) return undefined
  const compiled = compilePattern(pattern)
  return 'pattern' in compiled && compiled.pattern.matches(reason) ? undefined : { is: 'other', pattern }
}
