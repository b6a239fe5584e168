import { warn } from '../output/output.ts'
import { showBytes } from './kubectl.ts'
import type { Refused } from './refusal.ts'

/** Shows a refusal that stands, to somebody who has run `kubectl access`. */
export function showRefusal(refused: Refused): void {
  showBytes(refusalText(refused))
  if (refused.by !== 'nobody') return
  warn("Sallyport's gate does not answer, so nobody gets in. Tell those who run Sallyport: see docs/emergency.md.")
}

// A denial has each command on a line of its own.
const asksAgain = /^kubectl access (?:exec|port-forward|request) /

/**
 * Returns the text of a refusal without the command that asks: that is what the user has just run. The remedy on
 * the first line leads up to that command, so it goes, too.
 */
export function refusalText(refused: Refused): string {
  const { text } = refused
  const lines = text.split('\n')
  const others = lines.filter((line) => !asksAgain.test(line))
  if (refused.by !== 'gate' || others.length === lines.length) return text
  const [first = '', ...rest] = others
  const code = `(${refused.code})`
  const what = first.slice(0, first.lastIndexOf(code) + code.length)
  return [`${what}.`, ...rest].join('\n')
}
