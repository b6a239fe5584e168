import type { Challenge } from '../../api/kinds/challenge.ts'
import { say } from '../text/sentence.ts'
import { kindOf, stagesOf } from './challenge-kind.ts'
import { stagesBriefly } from './peer-review.ts'
import { windowBriefly } from './time-window.ts'

/** Says in a few words who or what must approve under a template, for a table: `2 sre + 1 security`. */
export function approvalsBriefly(challenges: readonly Challenge[]): string {
  const judges = challenges.map(kindOf).flatMap((one) => {
    if (one.kind === 'webhook') return [say`${one.webhook.name}`]
    if (one.kind === 'expression') return ['condition']
    return one.kind === 'unknown' ? ['unknown'] : []
  })
  return [...stagesBriefly(stagesOf(challenges)), ...new Set(judges)].join(' + ') || 'none'
}

/** Says in a few words when access may begin under a template: `Mon-Fri 09:00-18:00 Europe/Berlin`. */
export function hoursBriefly(challenges: readonly Challenge[]): string {
  return challenges.flatMap(({ timeWindow }) => (timeWindow ? [windowBriefly(timeWindow)] : [])).join(' and ') || 'any'
}
