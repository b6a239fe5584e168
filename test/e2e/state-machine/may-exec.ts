import type { Instant } from '../../../src/api/duration.ts'
import type { Command, Model, ModelRequest, PodName, User } from './model.ts'

/** An exec, as somebody tries it. */
export interface Tried {
  readonly user: User
  readonly pod: PodName
  readonly container: 'app' | 'side'
  readonly command: Command
}

/** True if the request is for this exec. Its state does not matter. */
export function fits(request: ModelRequest, { user, pod, container, command }: Tried): boolean {
  const { command: asked } = request
  return isAbout(request, { user, pod }) && container === 'app' && (asked === undefined || asked === command)
}

export function isAbout(request: ModelRequest, { user, pod }: Pick<Tried, 'user' | 'pod'>): boolean {
  return request.user === user && request.pod === pod
}

/** True if the request is approved, and nothing has ended it at `now`. */
export function isLive(request: ModelRequest, { pods }: Model, now: Instant): boolean {
  const { state, approval, ends, target, pod, usedAt } = request
  if (state !== 'granted' || approval === undefined || ends.size > 0 || usedAt !== undefined) return false
  return target?.podUID === pods.get(pod) && now < approval.expiresAt
}

/** True if this is the same call as the one use. It may be let in once more, for some seconds. */
export function mayRetry(request: ModelRequest, tried: Tried): boolean {
  const { state, ends, usedFor, isRetried = false } = request
  return fits(request, tried) && state === 'granted' && ends.size === 0 && usedFor === tried.command && !isRetried
}

/** True if the request is live, or the controller may approve it at this very moment. */
export function mayBeLive(request: ModelRequest, model: Model, now: Instant): boolean {
  const { state, ends, target, pod, verdicts } = request
  if (state !== 'waiting') return isLive(request, model, now)
  if (model.paused || ends.size > 0 || verdicts.some(({ verdict }) => verdict === 'Denied')) return false
  return verdicts.length > 0 && target?.podUID === model.pods.get(pod)
}
