/** The summary of a series of measurements, in their unit. */
export interface Summary {
  readonly n: number
  readonly min: number
  readonly median: number
  readonly mean: number
  readonly p99: number
  readonly max: number
}

/**
 * Summarises measurements.
 * @param values at least one
 */
export function summaryOf(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    n: sorted.length,
    min: quantile(sorted, 0),
    median: quantile(sorted, 0.5),
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
  }
}

/** Returns the quantile by the nearest rank: always a value that was measured. */
function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(Math.ceil(q * sorted.length) - 1, 0)] ?? NaN
}
