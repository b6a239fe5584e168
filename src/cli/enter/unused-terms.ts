import { say } from '../../decision/text/sentence.ts'
import { warn } from '../output/output.ts'
import type { EnterOptions } from './entry.ts'
import type { ShellOptions } from './shell-verb.ts'

type Terms = Omit<EnterOptions & ShellOptions, 'place' | 'command' | 'wait'>

/** The flags that only shape a new request. */
const flags: Partial<Record<keyof Terms, string>> = {
  duration: '--for',
  reason: '--reason',
  attribute: '--attribute',
  once: '--once',
  cpu: '--cpu',
  memory: '--memory',
  ephemeralStorage: '--ephemeral-storage',
}

/** Says which of the flags that the user typed change nothing, as a request is there already. */
export function unusedText(name: string, options: Partial<Terms>): string | undefined {
  const unused = Object.entries(flags).flatMap(([option, flag]) => (option in options ? [flag] : []))
  if (unused.length === 0) return undefined
  const { length } = unused
  return say`Request ${name} is there already, so ` + `${unused.join(' and ')} ${length === 1 ? 'is' : 'are'} not used.`
}

/** Says the same on stderr, if there is something to say. */
export function warnOfUnused(name: string, options: Partial<Terms>): void {
  const unused = unusedText(name, options)
  if (unused !== undefined) warn(unused)
}
