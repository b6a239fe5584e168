import { checks, runCheck } from '../checks.ts'
import { added, nothing, oneFailed, type Sum } from './sum.ts'

const atOnce = 2

/** Runs all checks. The output of a check matters only when it failed. */
export async function runChecks(): Promise<Sum> {
  const left = [...checks]
  const runSome = async (): Promise<Sum> => {
    let sum = nothing
    for (let check = left.shift(); check; check = left.shift()) {
      const { ok, output } = await runCheck(check.command)
      console.log(`test: ${ok ? 'ok    ' : 'FAILED'} ${check.title}`)
      if (!ok) console.log(output)
      sum = added(sum, ok ? { ...nothing, passed: 1 } : oneFailed)
    }
    return sum
  }
  return (await Promise.all(Array.from({ length: atOnce }, runSome))).reduce(added)
}
