import type { DenyCode } from '../../decision/text/codes.ts'

/** A refusal that ended kubectl. */
export type Refused =
  /** The gate denies it, and another access would help. */
  | { readonly by: 'gate'; readonly code: DenyCode; readonly text: string }
  /** RBAC forbids it. Sallyport may give the right for a time. */
  | { readonly by: 'rbac'; readonly text: string }
  /** The gate does not answer. */
  | { readonly by: 'nobody'; readonly text: string }

/** After these denials the user can ask, or wait for what they asked. */
const askable: readonly DenyCode[] = [
  'E_NO_PASS',
  'E_PENDING',
  'E_NOT_ASKED',
  'E_ENDED',
  'E_USED',
  'E_NOT_LISTED',
  'E_DEBUG',
]

// kubectl 1.35 says the first. 1.36 and newer say the others, after the fallback from WebSocket to SPDY.
const beginnings = [
  'Error from server (Forbidden): ',
  'error: unable to upgrade connection: ',
  'error: error upgrading connection: ',
]
const unavailable = 'Error from server (InternalError): '

const byGate = /admission webhook "gate\.access\.sallyport\.dev" denied the request: .* \((E_[A-Z_]+)\)/
const byRbac = /is forbidden: User ".*" cannot (get|list|create|patch) resource "[a-z/.]+"/
const byNobody = /failed calling webhook "gate\.access\.sallyport\.dev"/

/** True if a line that begins so may yet be the first of a refusal. */
function mayBeRefusal(line: string): boolean {
  return [...beginnings, unavailable].some((beginning) => beginning.startsWith(line) || line.startsWith(beginning))
}

/**
 * Reads the refusal from what kubectl wrote to stderr.
 * @param text all from the first line of the refusal on
 * @returns undefined if it is something else, such as the words of the command that ran in the pod
 */
export function refusedBy(text: string): Refused | undefined {
  const [first = ''] = text.split('\n')
  // kubectl adds this line after a command that ran and failed. So the text is that command's.
  if (!mayBeRefusal(first) || /^command terminated with exit code \d+$/m.test(text)) return undefined
  if (byNobody.test(first)) return { by: 'nobody', text }
  const code = byGate.exec(first)?.[1]
  const known = askable.find((one) => one === code)
  if (known !== undefined) return { by: 'gate', code: known, text }
  return code === undefined && byRbac.test(first) ? { by: 'rbac', text } : undefined
}

/** Holds stderr back from the line that may be the first of a refusal. All before it goes on at once. */
export interface RefusalFilter {
  /** Takes a piece of stderr, and returns what may be shown now. */
  take(piece: string): string
  /** Returns what is held back. */
  held(): string
}

export function refusalFilter(): RefusalFilter {
  let held = ''
  let hasBegun = false
  let isAtLineStart = true
  const next = (): string => {
    const end = held.indexOf('\n') + 1
    const line = end === 0 ? held : held.slice(0, end)
    const isWhole = end > 0
    hasBegun = isAtLineStart && isWhole && refusedBy(line) !== undefined
    const mustWait = isAtLineStart && !isWhole && mayBeRefusal(line)
    if (hasBegun || mustWait) return ''
    isAtLineStart = isWhole
    held = held.slice(line.length)
    return line
  }
  return {
    take(piece) {
      held += piece
      let shown = ''
      while (!hasBegun && held !== '') {
        const line = next()
        if (line === '') break
        shown += line
      }
      return shown
    },
    held: () => held,
  }
}
