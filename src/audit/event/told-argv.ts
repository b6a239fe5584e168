import type { AuditCut } from '../../api/audit-event.ts'
import { maxToldOfArgv } from '../../api/told-command.ts'
import { sha256 } from './fit.ts'
import type { Redactor } from './redact.ts'

/** The told part of an argv. */
export interface ToldArgv {
  readonly command: readonly string[]
  /** The SHA-256 of the JSON list of all its words, if some were cut and none was redacted. */
  readonly commandHash?: string
  readonly cut?: AuditCut
  readonly isRedacted: boolean
}

/**
 * Redacts an argv, and cuts it: an exec may carry 1 MB, and ten thousand empty words.
 * @param field The field that holds the argv, such as `data.tried.command`.
 */
export function toldArgv(argv: readonly string[], redactor: Redactor, field: string): ToldArgv {
  const { argv: redacted, changed: isRedacted } = redactor.argv(argv)
  const command = beginningOf(redacted, argv.length)
  const isWhole = command.length === argv.length && command.every((word, index) => word === redacted[index])
  if (isWhole) return { command, isRedacted }
  const where = { field, length: argv.length }
  // A reader who knows all but a short secret could find the secret by the hash.
  if (isRedacted) return { command, cut: where, isRedacted }
  const hash = sha256(JSON.stringify(argv))
  return { command, commandHash: hash, cut: { ...where, hash }, isRedacted }
}

/** Cuts the words. @param count the number of words before any cut */
function beginningOf(words: readonly string[], count: number): readonly string[] {
  let left = maxToldOfArgv
  const kept: string[] = []
  for (const word of words) {
    if (left <= 0) break
    kept.push(word.length > left ? `${word.slice(0, left)}…` : word)
    // An empty word takes its place, too.
    left -= word.length + 1
  }
  return kept.length < count ? [...kept, '…'] : kept
}
