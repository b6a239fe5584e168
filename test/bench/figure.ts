import type { Ground } from './ground.ts'
import type { Summary } from './summary.ts'

/** Something measured; where only a sum was to be had, its mean alone is known. */
export interface Row {
  readonly what: string
  readonly unit: 'ms' | '1/s' | 's' | 'MB'
  readonly summary: Summary | { readonly n: number; readonly mean: number }
}

/** What the rows say, beside what was aimed at. */
export interface Verdict {
  readonly what: string
  readonly value: number
  readonly unit: '×' | 'ms' | 'writes'
  /** At most this much; left out where nothing was promised. */
  readonly goal?: number
}

export interface Findings {
  readonly rows: readonly Row[]
  readonly verdicts: readonly Verdict[]
  readonly notes?: readonly string[]
}

/** One figure of the bench. */
export type Figure =
  | { readonly needs: 'cluster'; measure(ground: Ground): Promise<Findings> }
  | { readonly needs: 'nothing'; measure(): Promise<Findings> }
