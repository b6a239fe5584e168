import type { Match } from '../src/api/review/match.ts'
import { glassBroken } from '../src/decision/gate/break-glass.ts'
import { connectMatch } from './connect.ts'
import type { Webhook } from '../src/decision/webhook.ts'

/** Hears of each way in that somebody takes past the gate, for the record alone: nothing that it does stops them. */
export const breakGlassMatch: Match = {
  ...connectMatch,
  name: 'break-glass.access.sallyport.dev',
  path: '/break-glass',
  // All that a gate which hangs may cost in an emergency.
  timeoutSeconds: 1,
  failurePolicy: { Enforce: 'Ignore', Observe: 'Ignore' },
}

export const breakGlassWebhook: Webhook = {
  match: breakGlassMatch,
  handle: () => Promise.resolve(glassBroken()),
  // Also where the server could not read the review.
  conclude: glassBroken,
}
