import type { Challenge, PeerReview, TimeWindow } from '../../api/kinds/challenge.ts'
import { kindOf } from '../../decision/challenge/challenge-kind.ts'
import { reviewersText } from '../../decision/challenge/peer-review.ts'
import { windowBriefly } from '../../decision/challenge/time-window.ts'
import type { Line } from '../output/lines.ts'

/** Says in a line what a challenge demands. A challenge of a newer Sallyport is shown as it is written. */
export function challengeLine(challenge: Challenge): Line {
  const one = kindOf(challenge)
  switch (one.kind) {
    case 'peerReview':
      return ['needs', approvalText(one.peerReview)]
    case 'timeWindow':
      return ['hours', hoursText(one.timeWindow)]
    case 'expression':
      return ['condition', `${one.expression.cel} (else: ${one.expression.message})`]
    case 'webhook':
      return ['validator', `${one.webhook.name} must say yes`]
    case 'unknown':
      return ['challenge', JSON.stringify(challenge)]
  }
}

function approvalText(stage: PeerReview): string {
  return `approval by ${stage.count} of ${reviewersText(stage)}`
}

function hoursText(window: TimeWindow): string {
  const before = window.wait ? '; before that, a request waits' : ''
  const after = window.mayOutlast ? '; an access may outlast them' : ''
  return windowBriefly(window) + before + after
}
