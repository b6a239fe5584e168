import { latestOf, requestsOf, type Model, type ModelRequest } from './model.ts'
import { fits, isAbout, isLive, type Tried } from './may-exec.ts'

/** Stands for a refusal by RBAC: nothing was minted for this user, or no longer. */
export const byRbac = 'RBAC'

/**
 * Returns the codes that a denial may have, or `byRbac`. `settled` means that the controller runs and has nothing left
 * to do.
 */
export function fittingDenials(model: Model, tried: Tried, settled: boolean): ReadonlySet<string> {
  const about = requestsOf(model).filter((request) => isAbout(request, tried))
  const codes = settled ? settledCodes(model, tried, about) : unsettledCodes(tried, about)
  // alice and mallory have a role of their own.
  if (tried.user !== 'bob') return new Set(codes)
  const minted = about.filter(({ state }) => state === 'granted')
  if (settled && minted.length === 0) return new Set([byRbac])
  return new Set([...codes, byRbac])
}

/**
 * Returns the codes that fit while the controller is behind. Passes and phases may be old, but a code must not report
 * something that never was.
 */
function unsettledCodes(tried: Tried, about: readonly ModelRequest[]): readonly string[] {
  return ['E_NO_PASS', ...about.flatMap((request) => codesOf(request, tried))]
}

function codesOf(request: ModelRequest, tried: Tried): readonly string[] {
  const { state, once, verdicts, usedAt } = request
  return [
    'E_ENDED',
    ...(state === 'waiting' ? ['E_PENDING'] : []),
    ...(!fits(request, tried) && (state === 'granted' || verdicts.length > 0) ? ['E_NOT_ASKED'] : []),
    ...(once && usedAt !== undefined ? ['E_USED'] : []),
  ]
}

/** Returns the code for the request that came nearest to letting the user in. */
function settledCodes(model: Model, tried: Tried, about: readonly ModelRequest[]): readonly string[] {
  const now = latestOf(model)
  const open = about.filter(({ state }) => state !== 'ended')
  // It is used and that is not written yet, or its time is ending just now.
  if (open.some((request) => request.state === 'granted' && !isLive(request, model, now + soonMs)))
    return unsettledCodes(tried, about)
  if (open.some((request) => request.state === 'granted')) return ['E_NOT_ASKED']
  // A request that waits for something else is not told of.
  if (open.some((request) => fits(request, tried))) return ['E_PENDING']
  // The pass tells of the one that ended last, unless that one ended before it had a pod.
  return about.some(({ state }) => state === 'ended') ? ['E_ENDED', 'E_NO_PASS'] : ['E_NO_PASS']
}

const soonMs = 500
