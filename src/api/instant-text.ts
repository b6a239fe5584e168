import type { Instant } from './duration.ts'

/** metav1.MicroTime: six digits, always UTC. Clocks here have milliseconds. */
export function instantText(instant: Instant): string {
  return new Date(instant).toISOString().replace('Z', '000Z')
}
