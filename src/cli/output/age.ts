import type { Instant } from '../../api/duration.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/**
 * Writes the time that has passed since then as kubectl does, in at most two units: `42s`, `5m10s`, `3h`
 * (HumanDuration in k8s.io/apimachinery `pkg/util/duration`).
 */
export function ageText(since: Instant, now: Instant): string {
  const age = Math.max(0, now - since)
  if (age < 2 * minute) return inUnits(age, [second, 's'])
  if (age < 10 * minute) return inUnits(age, [minute, 'm'], [second, 's'])
  if (age < 3 * hour) return inUnits(age, [minute, 'm'])
  if (age < 8 * hour) return inUnits(age, [hour, 'h'], [minute, 'm'])
  if (age < 2 * day) return inUnits(age, [hour, 'h'])
  if (age < 8 * day) return inUnits(age, [day, 'd'], [hour, 'h'])
  return inUnits(age, [day, 'd'])
}

type Unit = readonly [length: number, letter: string]

function inUnits(age: number, [length, letter]: Unit, smaller?: Unit): string {
  const first = Math.floor(age / length)
  const rest = smaller ? Math.floor((age - first * length) / smaller[0]) : 0
  return `${first}${letter}` + (smaller && rest > 0 ? `${rest}${smaller[1]}` : '')
}
