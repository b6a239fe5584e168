import { accessOf } from '../../api/accesses.ts'
import type { AuditCut } from '../../api/audit-event.ts'
import { AccessGrantAsked } from '../../api/kinds/access-grant.ts'
import { AccessRequestAsked, type AccessRequestSpec } from '../../api/kinds/access-request-spec.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import type { StringMap } from '../../api/fields.ts'
import type { Asked, AskedFields, GivenVerdict } from '../../api/told-request.ts'
import type { Redactor } from './redact.ts'
import { toldArgv, type ToldArgv } from './told-argv.ts'

/** The wish of a requestor, as an event tells it. */
export interface ToldAsked {
  readonly asked: Asked
  /** True if the argv or a parameter holds a secret. No text that is cut may then show a part of it. */
  readonly isRedacted: boolean
  /** The argv, where it was too long to be told. */
  readonly cut: readonly AuditCut[]
}

const checkRequest = schemaCheck(AccessRequestAsked, 'request')
const checkGrant = schemaCheck(AccessGrantAsked, 'grant')
// The API server holds it by a CEL rule, which a schema check does not know.
const maxKey = 63

/**
 * Tells what a request asks for. Secrets are redacted, and a long argv is cut.
 * @param request an AccessRequest as anybody may send it
 * @returns undefined where the schema does not take the request
 */
export function toldAsked(request: unknown, redactor: Redactor): ToldAsked | undefined {
  const checked = checkRequest(request)
  if (!checked.ok) return undefined
  const { spec } = checked.value
  const access = accessOf(spec)
  if (!access || Object.keys(spec.attributes ?? {}).some((key) => key.length > maxKey)) return undefined
  const { argv, ...fields } = toldAccess(access.asked, redactor)
  const asked = { access: access.name, ...toldTerms(spec, redactor), ...fields }
  const isRedacted = argv?.isRedacted === true || withheldOf(access.asked, redactor).length > 0
  return { asked, isRedacted, cut: argv?.cut ? [argv.cut] : [] }
}

/** Tells the fields that requests for every kind of access have. */
function toldTerms(
  { templateRef: template, reason, duration, startAt, once, attributes = {} }: AccessRequestSpec,
  redactor: Redactor,
): Omit<Asked, 'access'> {
  return {
    ...(reason !== undefined && { reason: redactor.text(reason) }),
    ...(duration !== undefined && { duration }),
    ...(startAt !== undefined && { startAt }),
    ...(once !== undefined && { once }),
    ...(template && { template }),
    ...(Object.keys(attributes).length > 0 && { attributes: toldValues(attributes, redactor) }),
  }
}

function toldAccess(asked: AskedFields, redactor: Redactor): AskedFields & { readonly argv?: ToldArgv } {
  const { command, parameters, ...rest } = asked
  const fields = { ...rest, ...(parameters && { parameters: toldValues(parameters, redactor) }) }
  if (!command) return fields
  const argv = toldArgv(command, redactor, 'data.asked.command')
  const { commandHash } = argv
  return { ...fields, argv, command: [...argv.command], ...(commandHash !== undefined && { commandHash }) }
}

/**
 * Returns the values of parameters that are withheld. No other text may show one of them. They stand apart from what is
 * told, so that nobody tells them by mistake.
 */
export function withheldValues(spec: AccessRequestSpec, redactor: Redactor): readonly string[] {
  const access = accessOf(spec)
  return access ? withheldOf(access.asked, redactor) : []
}

function withheldOf({ parameters = {} }: AskedFields, redactor: Redactor): readonly string[] {
  return Object.entries(parameters)
    .filter(([key, value]) => value !== '' && redactor.value(key, value) !== value)
    .map(([, value]) => value)
}

function toldValues(values: StringMap, redactor: Redactor): StringMap {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, redactor.value(key, value)]))
}

/**
 * Tells what a grant says, redacted.
 * @param grant an AccessGrant as anybody may send it
 * @returns undefined where the schema does not take the grant
 */
export function toldVerdict(grant: unknown, redactor: Redactor): GivenVerdict | undefined {
  const checked = checkGrant(grant)
  if (!checked.ok) return undefined
  const { verdict, message, duration, digest } = checked.value.spec
  return {
    verdict,
    ...(message !== undefined && { message: redactor.text(message) }),
    ...(duration !== undefined && { duration }),
    ...(digest !== undefined && { digest }),
  }
}
