import type { RedactRule } from '../../api/config/audit-config.ts'
import { compilePattern, type Pattern } from '../../decision/pattern.ts'

/** Stands for a text that is withheld. */
export const redacted = '[redacted]'
// Twice the part of an argv that is ever told. A match that this limit cuts lies behind that part anyway.
const maxScanned = 8_192

/** An argv; `changed` is true if anything of it was withheld. */
interface Redacted {
  readonly argv: readonly string[]
  readonly changed: boolean
}

/** Withholds from every log and sink what the rules of the config name. */
export interface Redactor {
  readonly argv: (argv: readonly string[]) => Redacted
  /** True if the text may be told at all. */
  readonly isTellable: (text: string) => boolean
  /** Withholds a text that may not be told, whole. */
  readonly text: (text: string) => string
  /** Withholds the value of a key. The rules look at it as at `key=value`, `key value`, `--key=value` and `--key value`. */
  readonly value: (key: string, value: string) => string
}

/**
 * Makes a redactor from the rules.
 * @throws Error if a pattern is not valid; the config was checked before
 */
export function createRedactor(rules: readonly RedactRule[]): Redactor {
  const patternsOf = (which: RedactRule['redacts']): readonly Pattern[] =>
    rules.filter(({ redacts }) => redacts === which).map(({ pattern }) => patternOf(pattern))
  const inWord = patternsOf('Word')
  const before = patternsOf('NextWord')
  const isSecret = (word: string, previous: string | undefined): boolean =>
    matchesOne(inWord, word) || (previous !== undefined && matchesOne(before, previous))
  const holdsSecret = (text: string): boolean =>
    matchesOne(inWord, text) ||
    [plainWords(text), quotedWords(text)].some((words) => words.some((word, index) => isSecret(word, words[index - 1])))
  // `sh -c` has a whole command in one word.
  const isWithheld = (word: string, previous: string | undefined): boolean =>
    isSecret(word, previous) || (/\s/.test(word) && holdsSecret(word))
  const isTellable = (text: string): boolean => rules.length === 0 || !holdsSecret(text)
  return {
    isTellable,
    text: (text) => (isTellable(text) ? text : redacted),
    value: (key, value) =>
      [key, `--${key}`].every((name) => isTellable(`${name}=${value}`) && isTellable(`${name} ${value}`))
        ? value
        : redacted,
    argv(argv) {
      if (rules.length === 0) return { argv, changed: false }
      const scanned = beginning(argv)
      const told = scanned.map((word, index) => (isWithheld(word, scanned[index - 1]) ? redacted : word))
      return { argv: told, changed: told.some((word, index) => word !== scanned[index]) }
    },
  }
}

// A text of ours may quote an argv, as JSON or for a shell. It may be one that a request is for, not the one that was
// tried.
function plainWords(text: string): readonly string[] {
  return text.split(/[\s,'"\\[\]]+/).filter(Boolean)
}

function quotedWords(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"?/g)].map(([, word = '']) => word)
}

function matchesOne(patterns: readonly Pattern[], text: string): boolean {
  return patterns.some((pattern) => pattern.matches(cut(text)))
}

/** Returns the words of an argv that could be told, and one more, to show that there were more. */
function beginning(argv: readonly string[]): readonly string[] {
  const kept: string[] = []
  let left = maxScanned
  for (const word of argv) {
    kept.push(cut(word))
    // An empty word costs a look, too.
    left -= word.length + 1
    if (left <= 0) break
  }
  return kept
}

function cut(text: string): string {
  return text.length > maxScanned ? text.slice(0, maxScanned) : text
}

function patternOf(source: string): Pattern {
  const compiled = compilePattern(source)
  if ('problem' in compiled) throw new Error(`${source}: ${compiled.problem}`)
  return compiled.pattern
}
