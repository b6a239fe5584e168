import type { Ground } from './ground.ts'
import type { Summary } from './summary.ts'

/** A measurement. Where only a sum is available, only its mean is known. */
export interface Row {
  readonly what: string
  readonly unit: 'ms' | '1/s' | '1/min' | 's' | 'MB'
  readonly summary: Summary | { readonly n: number; readonly mean: number }
}

/** A result of the rows, and its goal. */
export interface Verdict {
  readonly what: string
  readonly value: number
  readonly unit: '×' | 'ms' | 'writes'
  /** The upper limit. It is left out where nothing was promised. */
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
