import { unlessForbidden } from '../../cluster/client/api-error.ts'
import type { Client } from '../../cluster/client/client.ts'
import { say } from '../../decision/text/sentence.ts'

/** Reads parts of a cluster, and notes what the user may not read. */
export interface Reading {
  /** Resolves to the answer, or to undefined if the user may not read it. Then `what` is noted. */
  readonly part: <T>(what: string, answer: Promise<T>) => Promise<T | undefined>
  /** Notes a part that cannot be judged from here. */
  readonly miss: (why: string) => void
  /** The sentences about what was not checked. */
  readonly notChecked: () => readonly string[]
}

export function startReading(): Reading {
  const missed: string[] = []
  return {
    async part(what, answer) {
      const value = await unlessForbidden(answer)
      if (value === undefined) missed.push(say`${what}: you may not read it`)
      return value
    },
    miss: (why) => missed.push(why),
    notChecked: () => missed,
  }
}

/** The tools of those who read a part. */
export interface Parts {
  readonly client: Client
  readonly reading: Reading
}
