import type { Instant } from '../../api/duration.ts'

/** Writes a time as the clock of this machine shows it: `00:27`, or `Tue 2026-12-01 00:27` if it is another day. */
export function timeOfDay(at: Instant, now: Instant): string {
  const [time, today] = [new Date(at), new Date(now)]
  const clock = `${padded(time.getHours())}:${padded(time.getMinutes())}`
  if (time.toDateString() === today.toDateString()) return clock
  const date = `${time.getFullYear()}-${padded(time.getMonth() + 1)}-${padded(time.getDate())}`
  return `${days[time.getDay()] ?? ''} ${date} ${clock}`
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

function padded(value: number): string {
  return String(value).padStart(2, '0')
}
