import {
  shellResources,
  type ShellAccess,
  type ShellAsk,
  type ShellResource,
} from '../../../api/kinds/access/shell-access.ts'
import { parseQuantity } from '../../../api/quantity.ts'
import { say } from '../../text/sentence.ts'

type AskedResources =
  | { readonly ok: true; readonly amounts: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problems: readonly string[] }

/** Compares the amounts that a request asks for with the limits of its template. */
export function askedResources(ask: ShellAsk | undefined, limits: ShellAccess['limits']): AskedResources {
  const asked = shellResources.flatMap((resource) => {
    const amount = ask?.resources?.[resource]
    return amount === undefined ? [] : [{ resource, amount: String(amount) }]
  })
  const problems = asked.flatMap(({ resource, amount }) => problemOf(resource, amount, limits?.[resource]) ?? [])
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, amounts: Object.fromEntries(asked.map(({ resource, amount }) => [resource, amount])) }
}

function problemOf(resource: ShellResource, amount: string, limit: string | number | undefined): string | undefined {
  const field = `spec.shell.resources.${resource}`
  const wanted = parseQuantity(amount)
  if (wanted === undefined) return say`${field} is not a quantity such as 500m or 1Gi: ${amount}`
  if (limit === undefined) return say`${field} asks for ${amount}, but the template does not let requests set it`
  const most = parseQuantity(limit)
  if (most !== undefined && wanted <= most) return undefined
  return say`${field} asks for ${amount}, but the template allows at most ${String(limit)}`
}
