import type { Review } from '../api/admission-review.ts'
import type { AccessUsed, Decision } from '../decision/decision.ts'
import { entryOf, type Entry } from '../decision/entry.ts'

/** One decision as it is recorded: what was tried by whom, and what came of it. */
export interface DecisionEvent {
  readonly id: string
  readonly uid: string
  readonly webhook: string
  readonly verdict: 'allow' | 'deny'
  readonly code: string
  /** Why it was let in, or the text that the user was given. */
  readonly message: string
  /** Observe: the code of the denial that was not enforced. */
  readonly would?: string | undefined
  readonly user?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly operation?: string | undefined
  readonly resource?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly container?: string | undefined
  readonly command?: readonly string[] | undefined
  readonly path?: string | undefined
  /** The access that let it in. */
  readonly access?: AccessUsed | undefined
  /** How often the same was denied within a moment, and the ids of the repetitions. */
  readonly attempts?: number
  readonly otherIds?: readonly string[]
  readonly durationMs: number
}

interface Decided {
  readonly id: string
  readonly webhook: string
  readonly uid: string
  readonly review: Review | undefined
  readonly decision: Decision
  readonly durationMs: number
}

export function decisionEvent({ id, webhook, uid, review, decision, durationMs }: Decided): DecisionEvent {
  const would = decision.verdict === 'allow' ? decision.would : undefined
  return {
    id,
    uid,
    webhook,
    verdict: decision.verdict,
    code: decision.code,
    message: would?.message ?? (decision.verdict === 'allow' ? decision.why : decision.message),
    would: would?.code,
    ...(decision.verdict === 'allow' && { access: decision.access }),
    ...(review && triedIn(review)),
    durationMs,
  }
}

function triedIn(review: Review): Partial<DecisionEvent> {
  const { operation, resource, subResource, name, namespace, userInfo } = review
  const entry = entryOf(review)
  return {
    user: userInfo.username,
    groups: userInfo.groups,
    operation,
    resource: subResource ? `${resource.resource}/${subResource}` : resource.resource,
    namespace: cut(namespace),
    name: cut(name),
    ...(entry.ok && detailsOf(entry.value)),
  }
}

function detailsOf(entry: Entry): Partial<DecisionEvent> {
  switch (entry.way) {
    case 'pods/exec':
      return { container: cut(entry.container), command: capped(entry.command) }
    case 'pods/attach':
      return { container: cut(entry.container) }
    case 'nodes/proxy':
      return { path: cut(entry.path) }
    default:
      return {}
  }
}

// Anybody may try a pod's name of 900 KB; none that there is has more than 253 characters. Paths are longer.
const maxTextLength = 1_024

function cut(text: string | undefined): string | undefined {
  return text !== undefined && text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text
}

// DESIGN §7: argv is capped. An exec may carry 1 MB of it.
const maxCommandLength = 4_096

function capped(command: readonly string[]): readonly string[] {
  let left = maxCommandLength
  const kept: string[] = []
  for (const word of command) {
    if (left <= 0) return [...kept, '…']
    kept.push(word.length > left ? `${word.slice(0, left)}…` : word)
    left -= word.length
  }
  return kept
}
