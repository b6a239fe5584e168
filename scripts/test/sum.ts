import { readFileSync } from 'node:fs'

/** The number of tests, or checks, by outcome. */
export interface Sum {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const nothing: Sum = { passed: 0, failed: 0, skipped: 0 }
export const oneFailed: Sum = { ...nothing, failed: 1 }

/** Adds two sums. */
export function added(one: Sum, other: Sum): Sum {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  }
}

/**
 * Reads the sum from jest's output file. A suite that could not be loaded counts as one failure, and so does a run that
 * left no result.
 */
export function readSum(outputFile: string, isOk: boolean): Sum {
  try {
    const result = JSON.parse(readFileSync(outputFile, 'utf8')) as Record<string, number>
    const count = (name: string): number => result[name] ?? 0
    const failed = count('numFailedTests') + count('numRuntimeErrorTestSuites')
    return {
      passed: count('numPassedTests'),
      failed: isOk ? failed : Math.max(failed, 1),
      skipped: count('numPendingTests') + count('numTodoTests'),
    }
  } catch {
    return oneFailed
  }
}
