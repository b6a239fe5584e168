/**
 * Tells at once, and then at most once in each interval. It adds how often there was something to tell since.
 * @param now returns the time of a steady clock, in ms
 */
export function occasionally(
  intervalMs: number,
  tell: (fields: object, times: number) => void,
  now: () => number = () => performance.now(),
): (fields: object) => void {
  let lastAt = -Infinity
  let times = 0
  return (fields) => {
    times++
    if (now() - lastAt < intervalMs) return
    tell(fields, times)
    lastAt = now()
    times = 0
  }
}
