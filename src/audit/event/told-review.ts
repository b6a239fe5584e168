import type { Review } from '../../api/review/admission-review.ts'
import { AuditEvent, type AuditCut } from '../../api/audit-event.ts'
import { apiGroup } from '../../api/kinds/kind.ts'
import type { Decision, SeenPod } from '../../decision/decision.ts'
import type { Entry } from '../../decision/gate/entry.ts'
import { aboutObject, generateNameOf, nameOf, type AboutObject } from './about-object.ts'
import { fit } from './fit.ts'
import type { Redactor } from './redact.ts'

/** The user, and what they tried. Other people chose all texts in it. The argv of an exec is in `told-argv.ts`. */
export interface ToldReview {
  readonly user?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly resource?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  /** The beginning of the name, if the object has none yet. */
  readonly generateName?: string | undefined
  readonly container?: string | undefined
  readonly path?: string | undefined
  /** The pod to which the user was denied access. */
  readonly seen?: SeenPod | undefined
  /** The request and verdict that a review of our own kinds is about. */
  readonly about?: AboutObject | undefined
  readonly cut: readonly AuditCut[]
}

/** The decision on a review, and the rules for what is withheld. */
interface ToldBy {
  readonly decision: Decision
  readonly redactor: Redactor
}

// Anybody may try a pod's name of 900 KB, but a real one has at most 253 characters. Paths are longer.
const maxTextLength = 1_024

/** Returns the told part of a review, within the bounds of an event. */
export function toldReview(review: Review, entry: Entry | undefined, { decision, redactor }: ToldBy): ToldReview {
  const { username, groups } = review.userInfo
  const isOurs = review.resource.group === apiGroup
  const { cut: cutBefore = [], ...about } = isOurs ? aboutObject(review, decision, redactor) : {}
  const { asked, verdict, ...others } = about
  const data = {
    actor: { username, groups },
    tried: { ...triedOf(review), ...placeOf(entry), uid: others.uid },
    target: decision.verdict === 'deny' ? decision.seen : decision.would?.seen,
    grants: others.grants,
    requestor: others.requestor,
  }
  const { value, cut } = fit(AuditEvent.properties.data, data, { at: 'data', most: maxTextLength })
  // The schema of a request, or of a grant, bounds these: all of them is told.
  const whole = fit(AuditEvent.properties.data, { asked, verdict }, { at: 'data' })
  const { uid, ...tried } = value.tried
  return {
    user: value.actor.username,
    groups: value.actor.groups,
    ...tried,
    seen: value.target,
    ...(isOurs && {
      about: { ...others, ...whole.value, uid, grants: value.grants, requestor: value.requestor },
    }),
    cut: [...cutBefore, ...cut, ...whole.cut],
  }
}

function triedOf(review: Review): Pick<ToldReview, 'resource' | 'namespace' | 'name' | 'generateName'> {
  const { resource, subResource, namespace } = review
  return {
    resource: subResource ? `${resource.resource}/${subResource}` : resource.resource,
    namespace,
    name: nameOf(review),
    generateName: generateNameOf(review),
  }
}

function placeOf(entry: Entry | undefined): Pick<ToldReview, 'container' | 'path'> {
  if (!entry) return {}
  return {
    container: 'container' in entry ? entry.container : undefined,
    path: 'path' in entry ? entry.path : undefined,
  }
}
