import { createHash } from 'node:crypto'
import type { Review } from '../api/admission-review.ts'
import { apiGroup } from '../api/kinds/kind.ts'
import type { AccessUsed, Decision, Deny, SeenPod } from '../decision/decision.ts'
import { canonicalJson } from '../decision/canonical-json.ts'
import { codes } from '../decision/codes.ts'
import { entryOf, type Entry } from '../decision/entry.ts'
import { aboutOf, type About } from './about.ts'
import { createRedactor, type Redactor } from './redact.ts'

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
  readonly dryRun?: true
  /** Of a template: whether it offers something else than before. */
  readonly isChange?: boolean
  readonly resource?: string | undefined
  readonly namespace?: string | undefined
  readonly name?: string | undefined
  readonly container?: string | undefined
  readonly command?: readonly string[] | undefined
  /** SHA-256 of the JSON list of all its words, where some were cut. */
  readonly commandHash?: string | undefined
  readonly path?: string | undefined
  /** The access that let it in. */
  readonly access?: AccessUsed | undefined
  /** The pod that it was denied. */
  readonly seen?: SeenPod | undefined
  /** Of our own kinds: what it is about. */
  readonly about?: About
  /** How often the same was denied within a moment, and the ids of the repetitions. */
  readonly attempts?: number
  readonly otherIds?: readonly string[]
  /** Its event is kept already. */
  readonly isKept?: true
  /** The event of an allow that was recorded, or may be, and then not given. */
  readonly reverses?: string
  readonly durationMs: number
}

export interface Decided {
  readonly id: string
  readonly webhook: string
  readonly uid: string
  readonly review: Review | undefined
  readonly decision: Decision
  readonly durationMs: number
}

const nothingToRedact = createRedactor([])

export function decisionEvent(decided: Decided, redactor = nothingToRedact): DecisionEvent {
  const { id, webhook, uid, review, decision, durationMs } = decided
  const { isRedacted = false, ...tried } = review ? triedIn(review, redactor) : {}
  return {
    id,
    uid,
    webhook,
    verdict: decision.verdict,
    code: decision.code,
    message: isRedacted || !redactor.isTellable(messageOf(decision)) ? withoutQuotes(decision) : messageOf(decision),
    ...outcomeOf(decision),
    ...tried,
    ...(review?.resource.group === apiGroup && { about: aboutOf(review, decision) }),
    durationMs,
  }
}

function outcomeOf(decision: Decision): Pick<DecisionEvent, 'would' | 'access' | 'seen'> {
  if (decision.verdict === 'deny') return { seen: decision.seen }
  return { would: decision.would?.code, access: decision.access, seen: decision.would?.seen }
}

function denialOf(decision: Decision): Deny | undefined {
  return decision.verdict === 'deny' ? decision : decision.would
}

function messageOf(decision: Decision): string {
  if (decision.verdict === 'deny') return decision.message
  return decision.would?.message ?? decision.why
}

/** A denial quotes the command that it suggests: where a word of it is withheld, nothing of the text can be told. */
function withoutQuotes(decision: Decision): string {
  const denial = denialOf(decision)
  return denial ? `${codes[denial.code].meaning} (${denial.code})` : messageOf(decision)
}

type TriedAndWithheld = Partial<DecisionEvent> & { readonly isRedacted?: boolean }

function triedIn(review: Review, redactor: Redactor): TriedAndWithheld {
  const { operation, resource, subResource, name, namespace, userInfo } = review
  const entry = entryOf(review)
  return {
    user: userInfo.username,
    groups: userInfo.groups,
    operation,
    ...(review.dryRun && { dryRun: true }),
    ...(resource.resource.endsWith('templates') && { isChange: offered(review.object) !== offered(review.oldObject) }),
    resource: subResource ? `${resource.resource}/${subResource}` : resource.resource,
    namespace: cut(namespace),
    name: cut(name),
    ...(entry.ok && detailsOf(entry.value, redactor)),
  }
}

function offered(template: unknown): string | undefined {
  const spec = typeof template === 'object' && template !== null && 'spec' in template ? template.spec : undefined
  // Whoever applies the file again is not its author.
  return typeof spec === 'object' ? canonicalJson({ ...spec, author: undefined }) : undefined
}

function detailsOf(entry: Entry, redactor: Redactor): TriedAndWithheld {
  switch (entry.way) {
    case 'pods/exec':
      return { container: cut(entry.container), ...commandOf(entry.command, redactor) }
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

function commandOf(argv: readonly string[], redactor: Redactor): TriedAndWithheld {
  const redacted = redactor.argv(argv)
  const command = capped(redacted.argv)
  // Whoever knows all but a short secret could find that by its hash.
  if (redacted.changed) return { command, isRedacted: true }
  const isWhole = command.length === argv.length && command.every((word, index) => word === argv[index])
  if (isWhole) return { command }
  return { command, commandHash: createHash('sha256').update(JSON.stringify(argv)).digest('hex') }
}

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
