import type { Match } from '../src/api/review/match.ts'
import { glassBroken } from '../src/decision/gate/break-glass.ts'
import { connectMatch } from './connect.ts'
import type { Webhook } from '../src/decision/webhook.ts'

/** Hears of each way in that a user takes past the gate, only for the record: nothing that it does stops them. */
export const breakGlassMatch: Match = {
  ...connectMatch,
  name: 'break-glass.access.sallyport.dev',
  path: '/break-glass',
  // A gate that hangs may cost at most this in an emergency.
  timeoutSeconds: 1,
  failurePolicy: { Enforce: 'Ignore', Observe: 'Ignore' },
}

export const breakGlassWebhook: Webhook = {
  match: breakGlassMatch,
  handle: () => Promise.resolve(glassBroken()),
  // It concludes so also if the server could not read the review.
  conclude: glassBroken,
}
