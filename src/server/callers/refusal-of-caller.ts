import type { Proof } from '../../api/review/review-call.ts'
import { again, type CallRefusal } from '../refusal.ts'
import type { CallerJudged } from './caller-check.ts'

/** The words for each proof that a caller must have. They tell a caller only what the docs tell. */
const needed: Readonly<Record<Proof, string>> = {
  address: 'an address that callers.addresses of the config lists',
  certificate: 'a client certificate that callers.certificate of the config accepts',
  token: 'a bearer token that callers.token of the config lists',
  path: 'the path that the webhook configuration has now',
}

/** Returns the refusal of a caller that is not, or not surely, the API server. */
export function refusalOfCaller(judged: Exclude<CallerJudged, { readonly kind: 'proven' }>): CallRefusal {
  if (judged.kind === 'unchecked') {
    const message = `Sallyport cannot check now whether the call has ${needed[judged.proof]}; try again.`
    return again('unchecked', message, judged.cause)
  }
  const message =
    `Sallyport answers only the API server, and this call lacks ${needed[judged.lacks]} (E_CALLER). ` +
    'If the API server sent it, see docs/callers.md.'
  return { status: 403, reason: 'unproven', message }
}
