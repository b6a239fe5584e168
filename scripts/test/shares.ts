import { statSync } from 'node:fs'

/**
 * The seconds of the files that take far longer than their size suggests, on 2 cores. In the report of jest, the line of
 * a file says what it took.
 */
const measuredSeconds: Readonly<Record<string, number>> = {
  'test/api-server/every-verb.test.ts': 80,
  'test/e2e/api-faults.test.ts': 80,
  'test/e2e/audit-poison.test.ts': 40,
  'test/e2e/callers.test.ts': 95,
  'test/e2e/crash-at-every-write.test.ts': 50,
  'test/e2e/deletion.test.ts': 50,
  'test/e2e/failover.test.ts': 50,
  'test/e2e/missing-pod.test.ts': 40,
  'test/e2e/shell-lost.test.ts': 60,
  'test/e2e/shell-without-gate.test.ts': 35,
  'test/e2e/shell.test.ts': 50,
  'test/e2e/state-machine/state-machine.test.ts': 45,
  'test/e2e/task-profiles.test.ts': 60,
  'test/e2e/tasks.test.ts': 75,
  'test/e2e/task-crash.test.ts': 120,
  'test/install/binaries.test.ts': 40,
  'test/install/cert-manager-gate.test.ts': 80,
  'test/install/chart-gate.test.ts': 65,
  'test/install/doctor.test.ts': 100,
  'test/install/half-done.test.ts': 95,
  'test/install/rolling.test.ts': 260,
  'test/install/zero-to-gated.test.ts': 80,
}
const startSeconds = 10
const bytesPerSecond = 500

/** Splits test files into so many shares that take about equally long. */
export function sharesOf(paths: readonly string[], count: number): readonly (readonly string[])[] {
  const files = paths.map((path) => ({ path, seconds: secondsOf(path) }))
  const shares = Array.from({ length: count }, () => ({ paths: [] as string[], seconds: 0 }))
  for (const { path, seconds } of files.sort((a, b) => b.seconds - a.seconds)) {
    const [least] = shares.sort((a, b) => a.seconds - b.seconds)
    if (!least) throw new Error('there must be at least one share')
    least.paths.push(path)
    least.seconds += seconds
  }
  return shares.map(({ paths: dealt }) => dealt).filter((dealt) => dealt.length > 0)
}

/**
 * Returns about how long a file takes. Its size hints at that. The shards of jest go by the hash of a path, and one took
 * half as long again as the other.
 */
function secondsOf(path: string): number {
  return measuredSeconds[path] ?? startSeconds + statSync(path).size / bytesPerSecond
}
