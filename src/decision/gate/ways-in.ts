import type { Decision } from '../decision.ts'
import type { DenyCode } from '../text/codes.ts'
import { templatesCommand } from './ask-command.ts'

/** After these denials, another access would help. */
const askable: readonly DenyCode[] = ['E_NO_PASS', 'E_NOT_LISTED', 'E_NOT_ASKED', 'E_ENDED', 'E_USED']

/** After these denials, users may need the people behind the gate, a runbook or the plugin. */
const hinted: readonly DenyCode[] = [...askable, 'E_PENDING', 'E_DEBUG', 'E_EXEMPT_ONLY', 'E_NODE_PATH']

/**
 * Adds to a denial the command that lists the offered ways in, and the hint of the config. `kubectl exec` shows nothing
 * but the denial.
 * @param namespace undefined for what has no namespace
 * @param hint the config's `denialHint`
 */
export function withWaysIn(decision: Decision, namespace: string | undefined, hint: string | undefined): Decision {
  if (decision.verdict === 'allow') return decision
  const { code, message } = decision
  const command = askable.includes(code) ? templatesCommand({ namespace }) : undefined
  const isNews = command !== undefined && !message.includes(command)
  const lines = [
    ...(isNews ? [`Ways in that are offered: ${command}`] : []),
    ...(hint !== undefined && hinted.includes(code) ? [hint] : []),
  ]
  return { ...decision, message: [message, ...lines].join('\n') }
}
