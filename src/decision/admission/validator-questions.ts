import type { Review } from '../../api/review/admission-review.ts'
import { AccessGrantAsked } from '../../api/kinds/access-grant.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import { AccessRequestAsked } from '../../api/kinds/access-request-spec.ts'
import { Identity } from '../../api/kinds/identity.ts'
import type { ValidationCall } from '../../api/validator-call.ts'
import type { Creation } from '../../api/config/validator-config.ts'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import type { Answer } from '../challenge/judge.ts'
import { denied, type Allow, type Deny } from '../decision.ts'
import { say, toldByOthers } from '../text/sentence.ts'

/** A question to validators. It lacks the parts that differ from call to call: id, source and the validator's name. */
export type ValidatorQuestion = Omit<ValidationCall, 'id' | 'source' | 'validator'>

/** Either a question, or the reason why it cannot be asked. */
export type AsQuestion = { readonly question: ValidatorQuestion } | { readonly problem: string }

const checkRequest = schemaCheck(AccessRequestAsked, 'request')
const checkGrant = schemaCheck(AccessGrantAsked, 'grant')
const checkIdentity = schemaCheck(Identity, 'identity')

/**
 * True if the review creates an object that validators must agree to. A denial does not give access: they are not
 * asked.
 */
export function isCreation(review: Review, about: Creation): boolean {
  if (review.operation !== 'CREATE') return false
  if (about === 'Request') return true
  const grant = checkGrant(review.object)
  return !grant.ok || grant.value.spec.verdict !== 'Denied'
}

/** The question about a request that a decision allows. It holds the request as it will be stored. */
export function questionOfRequest(review: Review, decision: Allow): AsQuestion {
  const asked = checkRequest(review.object)
  if (!asked.ok) return { problem: asked.problems.join('; ') }
  const identity = stamped(decision, '/spec/requestor')
  if (!identity) return { problem: 'its requestor was not stamped' }
  // The client's own requestor and `revoked` are left out: admission replaces or removes them.
  const { revoked: _revoked, ...spec }: AccessRequest['spec'] = { ...asked.value.spec, requestor: identity }
  const { namespace = '', name } = review
  const request = { namespace, ...(name && { name }), spec }
  return { question: { about: 'Request', dryRun: isDryRun(review), identity, ...whatIsAsked(request) } }
}

/** The question about a grant that a decision allows. */
export function questionOfGrant(review: Review, decision: Allow, request: AccessRequest | undefined): AsQuestion {
  const asked = checkGrant(review.object)
  if (!asked.ok) return { problem: asked.problems.join('; ') }
  const identity = stamped(decision, '/spec/grantedBy')
  if (!identity || !request) return { problem: 'its approver was not stamped' }
  const { verdict, message, duration, digest } = asked.value.spec
  const grant = {
    verdict,
    ...(message !== undefined && { message }),
    ...(duration !== undefined && { duration }),
    ...(digest !== undefined && { digest }),
  }
  return { question: { about: 'Grant', dryRun: isDryRun(review), identity, ...whatIsAsked(stored(request)), grant } }
}

/** The question about a request that waits, and whose template names a validator. Undefined if it has no requestor. */
export function questionOfChallenge(request: AccessRequest): ValidatorQuestion | undefined {
  const identity = request.spec.requestor
  return identity && { about: 'Challenge', dryRun: false, identity, ...whatIsAsked(stored(request)) }
}

function stored({
  metadata: { namespace, name, uid },
  spec,
  status = {},
}: AccessRequest): ValidatorQuestion['request'] {
  const { target, bindings, digest } = status
  const more = { ...(target && { target }), ...(bindings && { bindings }), ...(digest !== undefined && { digest }) }
  return { namespace, name, uid, spec, ...more }
}

function whatIsAsked(request: ValidatorQuestion['request']): Pick<ValidatorQuestion, 'attributes' | 'request'> {
  return { attributes: request.spec.attributes ?? {}, request }
}

function stamped({ patch = [] }: Allow, path: string): Identity | undefined {
  const added = patch.find((one) => one.op === 'add' && one.path === path)
  const identity = checkIdentity(added?.op === 'add' ? added.value : undefined)
  return identity.ok ? identity.value : undefined
}

function isDryRun({ dryRun = false }: Review): boolean {
  return dryRun
}

/** Denies an object that validators must agree to, but that they cannot be asked about. */
export function notAskable(about: Creation, problem: string): Deny {
  const what = about === 'Request' ? 'The request' : 'The grant'
  return denied('E_NOT_VALIDATED', say`${what} must be validated, but cannot be: ${problem}`)
}

export interface ValidatorAnswer {
  readonly name: string
  readonly answer: Answer
}

/** Denies an object that a validator does not agree to. Undefined if all agree. */
export function objectionOfValidators(answers: readonly ValidatorAnswer[]): Deny | undefined {
  const noes = answers.flatMap(({ name, answer }) => (answer.outcome === 'no' ? [noOf(name, answer.message)] : []))
  // The denials that the user can act on come first.
  if (noes.length > 0) return denied('E_VALIDATOR', noes.join('; '))
  const failed = answers.flatMap(({ name, answer }) =>
    answer.outcome === 'failed' ? [say`The validator ${name} must agree, but gave no answer: ${answer.why}`] : [],
  )
  return failed.length > 0 ? denied('E_VALIDATOR_DOWN', failed.join('; ')) : undefined
}

function noOf(name: string, message: string | undefined): string {
  return say`The validator ${name} says no: ` + toldByOthers(message ?? 'it gives no reason')
}
