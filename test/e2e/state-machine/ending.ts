import fc, { type Arbitrary } from 'fast-check'
import { accessGrantKind } from '../../../src/api/kinds/access-grant.ts'
import { accessRequestKind } from '../../../src/api/kinds/access-request.ts'
import { until } from '../../fixtures/until.ts'
import { approvers, clockOf, requestsOf, type Model, type ModelRequest } from './model.ts'
import { accepted, nth, outcomeOf, retried, type Step } from './step.ts'

const which = fc.nat(7)

/** A step that sets spec.revoked: by the requestor, by an approver, or by another user, who is refused. */
export const revoking: Arbitrary<Step> = fc
  .record({ which, by: fc.constantFrom('requestor', 'bob', 'carol', 'mallory') })
  .map(({ which, by }) => ({
    title: `${by} revokes`,
    applies: (model) => requestsOf(model).length > 0,
    async take(model, { as, namespace }) {
      const request = nth(
        preferring(requestsOf(model), ({ state }) => state !== 'ended'),
        which,
      )
      const { name, user, uid, state, ends } = request
      const revoker = by === 'requestor' ? user : by
      const revoked = { spec: { revoked: { message: `by ${revoker}` } } }
      const patched = retried(() => as[revoker].patch(accessRequestKind, { namespace, name, uid }, revoked))
      const outcome = await outcomeOf(patched)
      // A second revocation changes nothing. Any user may send it.
      const wanted = revoker === 'mallory' && !revokedBefore.has(request) ? 'E_REVOKE' : accepted
      if (outcome !== wanted) throw new Error(`${revoker} revokes ${name}: ${outcome}, not ${wanted}`)
      if (outcome === accepted) revokedBefore.add(request)
      if (outcome === accepted && state !== 'ended') ends.add('Revoked')
      return `${name}: ${outcome}`
    },
  }))

const revokedBefore = new WeakSet<ModelRequest>()

/** A step in which the requestor deletes a request. Its name is free again. */
export const deletingRequest: Arbitrary<Step> = fc.tuple(which, fc.boolean()).map(([which, endedFirst]) => ({
  title: 'the requestor deletes',
  applies: (model) => requestsOf(model).length > 0,
  async take(model, { as, namespace }) {
    const all = requestsOf(model)
    const { name, user, uid } = nth(endedFirst ? preferring(all, ({ state }) => state === 'ended') : all, which)
    await as[user].remove(accessRequestKind, { namespace, name, uid })
    model.requests.delete(name)
    model.deleted.add(uid)
    return name
  },
}))

/** A step that deletes a verdict: the one that was needed, or another. */
export const deletingGrant: Arbitrary<Step> = fc
  .record({ which, by: fc.constantFrom(...approvers) })
  .map(({ which, by }) => ({
    title: `${by} deletes a grant`,
    applies: (model) => withVerdicts(model).length > 0,
    async take(model, { as, namespace }) {
      const request = nth(
        preferring(withVerdicts(model), ({ state }) => state !== 'ended'),
        which,
      )
      const { grant } = nth(request.verdicts, which)
      await as[by].remove(accessGrantKind, { namespace, name: grant })
      request.verdicts.splice(
        request.verdicts.findIndex((one) => one.grant === grant),
        1,
      )
      if (request.state === 'granted' && request.approval?.grant === grant) request.ends.add('Revoked')
      return `${grant} on ${request.name}`
    },
  }))

// As long as the shortest accesses last.
const soonMs = 3_000

/** A step that waits until a short access is over. */
export const expiring: Arbitrary<Step> = which.map((which) => ({
  title: 'time passes',
  applies: (model) => expiringSoon(model).length > 0,
  async take(model) {
    const { name, approval } = nth(expiringSoon(model), which)
    await until(`request ${name} expires`, () => clockOf(model) >= (approval?.expiresAt ?? 0))
    return name
  },
}))

function expiringSoon(model: Readonly<Model>): readonly ModelRequest[] {
  const latest = clockOf(model) + soonMs
  return requestsOf(model, 'granted').filter(({ approval }) => approval !== undefined && approval.expiresAt <= latest)
}

function withVerdicts(model: Readonly<Model>): readonly ModelRequest[] {
  return requestsOf(model).filter(({ verdicts }) => verdicts.length > 0)
}

function preferring(all: readonly ModelRequest[], good: (one: ModelRequest) => boolean): readonly ModelRequest[] {
  const some = all.filter(good)
  return some.length > 0 ? some : all
}
