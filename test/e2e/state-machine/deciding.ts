import fc, { type Arbitrary } from 'fast-check'
import { give } from './give.ts'
import { approvers, latestOf, requestsOf, type Model, type ModelRequest } from './model.ts'
import { accepted, nth, type Step } from './step.ts'

type Digest = 'right' | 'wrong' | 'of another'

/** A step in which somebody gives a verdict: good or bad, in time or late, on another's request or their own. */
export const deciding: Arbitrary<Step> = fc
  .record({
    which: fc.nat(7),
    by: fc.constantFrom(...approvers),
    onOwn: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    verdict: fc.oneof({ weight: 3, arbitrary: fc.constant('Approved' as const) }, fc.constant('Denied' as const)),
    digest: fc.oneof(
      { weight: 5, arbitrary: fc.constant<Digest>('right') },
      fc.constantFrom<Digest>('wrong', 'of another'),
    ),
    duration: fc.constantFrom('2s' as const, '10m' as const, undefined, undefined, undefined),
    // Otherwise the verdict is on any request, also one that has ended.
    onWaiting: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    // While no controller runs, several verdicts may come together.
    again: fc.boolean(),
  })
  .map(({ verdict, digest, duration, ...how }) => {
    const isApproval = verdict === 'Approved'
    return {
      title: `${how.by}: ${verdict}${isApproval ? `, digest ${digest}${duration ? `, for ${duration}` : ''}` : ''}`,
      applies: (model) => choice(model, how).length > 0,
      async take(model, world) {
        const request = nth(choice(model, how), how.which)
        const { by } = how
        const quoted = quote(model, request, digest)
        const wanted = expected(model, { request, by, verdict, isRight: digest === 'right' })
        const given = { request, by, verdict, ...(isApproval && { digest: quoted, ...(duration && { duration }) }) }
        const { grant, outcome } = await give(given, model, world)
        if (!wanted.includes(outcome)) {
          throw new Error(`${grant} on ${request.name} (${request.state}): ${outcome}, not ${wanted.join(' or ')}`)
        }
        return `${grant} on ${request.name}: ${outcome}`
      },
    }
  })

interface Wanted {
  readonly by: string
  readonly onOwn: boolean
  readonly onWaiting: boolean
  readonly again: boolean
}

function choice(model: Readonly<Model>, { by, onOwn, onWaiting, again }: Wanted): readonly ModelRequest[] {
  const others = requestsOf(model).filter(({ user }) => onOwn || user !== by)
  const waiting = others.filter(({ state }) => state === 'waiting')
  const begun = waiting.filter(({ verdicts }) => verdicts.length > 0)
  if (onWaiting && again && begun.length > 0) return begun
  return onWaiting && waiting.length > 0 ? waiting : others
}

/** A step in which two verdicts come before a controller has looked at either. */
export const contradicting: Arbitrary<Step> = fc
  .record({ which: fc.nat(7), approver: fc.constantFrom(...approvers), approvalFirst: fc.boolean() })
  .map(({ which, approver, approvalFirst }) => ({
    title: 'approved and denied at once',
    applies: (model) => undecided(model).length > 0,
    async take(model, world) {
      if (!model.paused) await world.replicas.pause()
      model.paused = true
      const request = nth(undecided(model), which)
      const denier = approver === 'bob' ? 'carol' : 'bob'
      const approval = { request, by: approver, verdict: 'Approved', digest: quote(model, request, 'right') } as const
      const denial = { request, by: denier, verdict: 'Denied' } as const
      const both = approvalFirst ? [approval, denial] : [denial, approval]
      for (const verdict of both) {
        const { grant, outcome } = await give(verdict, model, world)
        if (outcome !== accepted) throw new Error(`${grant} on ${request.name}: ${outcome}, not ${accepted}`)
      }
      return request.name
    },
  }))

/** Returns the requests on which either approver may give either verdict. */
function undecided(model: Readonly<Model>): readonly ModelRequest[] {
  const waiting = requestsOf(model, 'waiting').filter(({ user }) => user === 'alice')
  return waiting.filter(({ target, verdicts, ends }) => target && verdicts.length === 0 && ends.size === 0)
}

const noDigest = '0'.repeat(12)

function quote(model: Model, { target, uid }: ModelRequest, digest: Digest): string {
  if (digest === 'wrong') return noDigest
  const other = requestsOf(model).find((one) => one.uid !== uid && one.target)
  const quoted = digest === 'right' ? target : other?.target
  return quoted?.digest.slice(0, 12) ?? noDigest
}

interface Given {
  readonly request: ModelRequest
  readonly by: string
  readonly verdict: 'Approved' | 'Denied'
  readonly isRight: boolean
}

const ended = 'E_GRANT_REQUEST'
const needless = 'E_GRANT_NEEDLESS'
const anything: readonly string[] = [accepted, ended, 'E_GRANT_SELF', 'E_GRANT_LATE', 'E_GRANT_DIGEST', needless]

/** True if an approval stands. It is enough also while no controller has looked at it. */
function isEnough({ state, verdicts }: ModelRequest): boolean {
  return state === 'granted' || verdicts.some(({ verdict }) => verdict === 'Approved')
}

/** Returns the answers that admission may give. */
function expected(model: Model, { request, by, verdict, isRight }: Given): readonly string[] {
  const { state, user, target, approval, usedAt, ends } = request
  if (state === 'ended') return [ended]
  if (by === user) return [ended, 'E_GRANT_SELF'].slice(isAboutToEnd() ? 0 : 1)
  // No controller has written yet that it has ended. An accepted verdict must not count.
  if (isAboutToEnd()) return anything
  if (verdict === 'Denied') return [state === 'granted' ? 'E_GRANT_LATE' : accepted]
  if (isEnough(request)) return [needless]
  return [isRight && target ? accepted : 'E_GRANT_DIGEST']

  function isAboutToEnd(): boolean {
    const soon = approval !== undefined && approval.expiresAt < latestOf(model) + 1_000
    return soon || usedAt !== undefined || ends.size > 0
  }
}
