import type { Instant } from '../../../src/api/duration.ts'
import type { AccessRequest } from '../../../src/api/kinds/access-request.ts'
import type { Phase } from '../../../src/api/kinds/access-request-status.ts'
import { canonicalJson } from '../../../src/decision/canonical-json.ts'
import { madeFor, type ClusterState } from './cluster-state.ts'
import { endsAt, noteEnds } from './ends.ts'
import { learnApproval, learnTarget } from './learning.ts'
import { clockOf, latestOf, requestsOf, type Model, type ModelRequest } from './model.ts'

/**
 * Learns what the controller has decided since: targets, digests, ends of access, the moment of expiry. Returns what is
 * wrong with that. It is returned only once, and waiting does not make it right.
 */
export function learn(model: Model, { requests }: ClusterState): readonly string[] {
  const now = clockOf(model)
  return requests.flatMap((actual) => {
    const request = model.requests.get(actual.metadata.name)
    if (request?.uid !== actual.metadata.uid || request.state === 'ended') return []
    return learnOf(request, actual, model, now)
  })
}

function learnOf(request: ModelRequest, actual: AccessRequest, model: Model, now: Instant): readonly string[] {
  const wrongs = [...learnTarget(request, actual, model)]
  noteEnds(request, model, now)
  wrongs.push(...learnApproval(request, actual))
  noteEnds(request, model, now)
  const phase = phaseOf(actual)
  // It has ended by a clock that the replica may believe, and not by another.
  if (endsAt(request, model, latestOf(model)).includes(phase)) request.ends.add(phase)
  return wrongs
}

/**
 * Returns what is still missing until the cluster is as the model says. Soon after each step this is empty, while a
 * controller runs.
 */
export function stillToDo(model: Model, state: ClusterState): readonly string[] {
  const stored = new Map(state.requests.map((request) => [request.metadata.uid, request]))
  return [
    ...requestsOf(model).flatMap((request) => {
      const actual = stored.get(request.uid)
      return actual ? wrongsOfPhase(request, phaseOf(actual)) : [`request ${request.name} is gone`]
    }),
    ...sameSet(
      'requests',
      state.requests.map(({ metadata }) => metadata.name),
      [...model.requests.keys()],
    ),
    ...sameSet(
      'roles',
      state.roles.map(madeFor),
      requestsOf(model)
        .filter(({ state }) => state !== 'ended')
        .map(uidOf),
    ),
    ...sameSet('bindings', state.bindings.map(madeFor), requestsOf(model, 'granted').map(uidOf)),
    ...sameSet(
      'grants',
      state.grants.map(({ metadata }) => metadata.name),
      grantsOf(model),
    ),
    ...sameSet(
      'passes',
      // A pass that lists none still says for an hour how the last one ended.
      state.passes
        .filter(({ spec }) => spec.requests.length > 0)
        .map(({ spec }) => canonicalJson([spec.username, spec.pod, spec.requests])),
      passesOf(model, state),
    ),
  ]
}

function phaseOf({ status }: AccessRequest): Phase {
  return status?.phase ?? 'Pending'
}

function wrongsOfPhase(request: ModelRequest, phase: Phase): readonly string[] {
  const { name, ends, state, target, verdicts } = request
  if (state === 'ended') return []
  if (ends.has(phase)) {
    request.state = 'ended'
    return []
  }
  if (ends.size > 0) return [`${name} is ${phase}, not ${[...ends].join(' or ')}`]
  const wanted = state === 'granted' ? 'Active' : 'Pending'
  if (phase !== wanted) return [`${name} is ${phase}, not ${wanted}`]
  if (target === undefined) return [`${name} has no target`]
  return state === 'waiting' && verdicts.length > 0 ? [`${name} is not decided`] : []
}

function grantsOf(model: Model): readonly string[] {
  return requestsOf(model).flatMap(({ verdicts }) => verdicts.map(({ grant }) => grant))
}

/** Returns the passes that follow from requests and approvals only. It does not look at what the controller wrote. */
function passesOf(model: Model, { requests }: ClusterState): readonly string[] {
  const lists = new Map<
    string,
    { readonly request: ModelRequest; readonly entry: object; readonly created: string }[]
  >()
  for (const { metadata, status } of requests) {
    const request = model.requests.get(metadata.name)
    if (request?.uid !== metadata.uid || request.state === 'ended' || !request.target) continue
    const grants = (status?.approvals ?? []).map(({ name, uid }) => ({ name, uid }))
    const entry = { name: request.name, uid: request.uid, podUID: request.target.podUID, grants }
    const key = `${request.user} ${request.pod}`
    lists.set(key, [
      ...(lists.get(key) ?? []),
      { request, entry, created: `${metadata.creationTimestamp} ${request.name}` },
    ])
  }
  return [...lists.values()].map((list) => {
    const ordered = list.toSorted((a, b) => (a.created < b.created ? -1 : 1))
    const [first] = ordered
    return canonicalJson([first?.request.user, first?.request.pod, ordered.map(({ entry }) => entry)])
  })
}

function uidOf({ uid }: ModelRequest): string {
  return uid
}

function sameSet(what: string, actual: readonly string[], wanted: readonly string[]): string[] {
  const [is, should] = [actual.toSorted(), wanted.toSorted()]
  return canonicalJson(is) === canonicalJson(should) ? [] : [`${what} are ${is.join(', ')}, not ${should.join(', ')}`]
}
