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

/** What validators are asked, by whatever name and under whatever id. */
export type ValidatorQuestion = Omit<ValidationCall, 'id' | 'source' | 'validator'>

/** Either a question, or why there can be none. */
export type AsQuestion = { readonly question: ValidatorQuestion } | { readonly problem: string }

const checkRequest = schemaCheck(AccessRequestAsked, 'request')
const checkGrant = schemaCheck(AccessGrantAsked, 'grant')
const checkIdentity = schemaCheck(Identity, 'identity')

/** Whether a decision lets something come into being that validators may have a word in. A denial gives nobody access. */
export function isCreation(review: Review, about: Creation): boolean {
  if (review.operation !== 'CREATE') return false
  if (about === 'Request') return true
  const grant = checkGrant(review.object)
  return !grant.ok || grant.value.spec.verdict !== 'Denied'
}

/** The request that a decision lets be created, as it will be stored. */
export function questionOfRequest(review: Review, decision: Allow): AsQuestion {
  const asked = checkRequest(review.object)
  if (!asked.ok) return { problem: asked.problems.join('; ') }
  const identity = stamped(decision, '/spec/requestor')
  if (!identity) return { problem: 'its requestor was not stamped' }
  // Not what the client wrote beside what is asked: that is replaced, or removed.
  const { revoked: _revoked, ...spec }: AccessRequest['spec'] = { ...asked.value.spec, requestor: identity }
  const { namespace = '', name } = review
  const request = { namespace, ...(name && { name }), spec }
  return { question: { about: 'Request', dryRun: isDryRun(review), identity, ...whatIsAsked(request) } }
}

/** The grant that a decision lets be created. */
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

/** A request that waits, and whose template names a validator. Undefined where nobody knows whose it is. */
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

/** Where validators must agree, what none can be asked about must not come into being. */
export function notAskable(about: Creation, problem: string): Deny {
  const what = about === 'Request' ? 'The request' : 'The grant'
  return denied('E_NOT_VALIDATED', say`${what} must be validated, and cannot be: ${problem}`)
}

export interface ValidatorAnswer {
  readonly name: string
  readonly answer: Answer
}

/** Why what was asked about must not come into being; undefined where all agree. */
export function objectionOfValidators(answers: readonly ValidatorAnswer[]): Deny | undefined {
  const noes = answers.flatMap(({ name, answer }) => (answer.outcome === 'no' ? [noOf(name, answer.message)] : []))
  // What the user can mend is told first.
  if (noes.length > 0) return denied('E_VALIDATOR', noes.join('; '))
  const failed = answers.flatMap(({ name, answer }) =>
    answer.outcome === 'failed' ? [say`The validator ${name} must agree, and gave no answer: ${answer.why}`] : [],
  )
  return failed.length > 0 ? denied('E_VALIDATOR_DOWN', failed.join('; ')) : undefined
}

function noOf(name: string, message: string | undefined): string {
  return say`The validator ${name} says no: ` + toldByOthers(message ?? 'it gives no reason')
}
