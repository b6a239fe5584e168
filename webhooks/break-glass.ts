import { glassBroken } from '../src/decision/gate/break-glass.ts'
import type { Webhook } from '../src/decision/webhook.ts'
import { breakGlassMatch } from '../src/install/gate-matches.ts'

export const breakGlassWebhook: Webhook = {
  match: breakGlassMatch,
  handle: () => Promise.resolve(glassBroken()),
  // It concludes so also if the server could not read the review.
  conclude: glassBroken,
}
