import { readFileSync } from 'node:fs'
import type { Milliseconds } from '../api/duration.ts'

/**
 * Returns a function that tells how long a process has computed since this call. Linux counts that; on other systems it
 * is the time that has passed.
 */
export function computingTime(pid: number | undefined): () => Milliseconds {
  const began = performance.now()
  const before = ticksOf(pid)
  return () => {
    const ticks = ticksOf(pid)
    return before === undefined || ticks === undefined ? performance.now() - began : (ticks - before) * 10
  }
}

/**
 * Returns the sum of utime and stime, fields of proc_pid_stat(5). The field before them is in brackets and may hold
 * blanks.
 */
function ticksOf(pid: number | undefined): number | undefined {
  try {
    const fields =
      readFileSync(`/proc/${pid ?? 0}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        ?.split(' ') ?? []
    const ticks = Number(fields[11]) + Number(fields[12])
    return Number.isNaN(ticks) ? undefined : ticks
  } catch {
    return undefined
  }
}
