import type { Client } from '../src/cluster/client/client.ts'
import type { Resource } from '../src/cluster/client/resource.ts'
import type { WaryClock } from '../src/cluster/clock/wary-clock.ts'
import type { ApprovalPolicy } from '../src/decision/approval/approval.ts'
import { explainUnbroken, glassBroken, type BreakGlassPolicy } from '../src/decision/gate/break-glass.ts'
import { decideEntry, decideAccess, type GatePolicy, underEnforcement } from '../src/decision/gate/gate.ts'
import { withSeen } from '../src/decision/gate/seen.ts'
import { decideUndo, triedUndo } from '../src/decision/gate/undo-entry.ts'
import { callDigest } from '../src/decision/gate/use.ts'
import { withWaysIn } from '../src/decision/gate/ways-in.ts'
import type { Decision } from '../src/decision/decision.ts'
import { readAccess } from './steps/read-access.ts'
import { claimDebug } from './steps/claim-debug.ts'
import { claimUse } from './steps/claim-use.ts'
import { readRecord } from './steps/single-record.ts'
import type { Webhook } from '../src/decision/webhook.ts'
import { breakGlassMatch, connectMatch } from '../src/install/gate-matches.ts'

export interface ConnectPolicy extends GatePolicy, BreakGlassPolicy {
  readonly enforcement: 'Enforce' | 'Observe'
  readonly grants: ApprovalPolicy
  /** A text of the organisation at the end of denials. */
  readonly denialHint?: string | undefined
  /** The kinds that a template may target. */
  readonly workloads: readonly Resource[]
}

export function connectWebhook(
  client: Client,
  clock: Pick<WaryClock, 'now' | 'earliest'>,
  policy: ConnectPolicy,
): Webhook {
  return {
    match: connectMatch,
    async handle(review, { id, signal }) {
      const user = review.userInfo
      const at = decideEntry(review, policy)
      const explained = (decision: Decision): Decision =>
        explainUnbroken(withWaysIn(decision, review.namespace, policy.denialHint), user, policy)
      if ('decision' in at) return explained(at.decision)
      const undo = triedUndo(at.entry, user)
      if (undo) return explained(decideUndo(undo, await readRecord(client, undo.record, signal)))
      const snapshot = await readAccess(client, policy.workloads, { entry: at.entry, user }, signal)
      const [now, earliest] = [clock.now(), clock.earliest()]
      const tried = { entry: at.entry, user, now, earliest, approval: policy.grants }
      const use = { id, username: user.username, pod: at.entry.name, time: now, digest: callDigest(at.entry) }
      const decision = await claimUse(client, (used) => decideAccess(snapshot, { ...tried, used }), use, signal)
      const claimed = review.dryRun ? decision : await claimDebug(client, decision, { entry: at.entry, use }, signal)
      return explained(withSeen(claimed, snapshot.pod, at.entry))
    },
    conclude: (decision) => underEnforcement(decision, policy.enforcement),
  }
}

/** Hears of those who break the glass. It stops nobody. */
export const breakGlassWebhook: Webhook = {
  match: breakGlassMatch,
  handle: () => Promise.resolve(glassBroken()),
  // It concludes so also if the server could not read the review.
  conclude: glassBroken,
}
