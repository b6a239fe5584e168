// npm run check: the checks without the tests.
import { checks, runCheck } from './checks.ts'

for (const { title, command, isShown = false } of checks) {
  const { ok, output } = await runCheck(command)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${title}`)
  if (!ok) process.exitCode = 1
  if (!ok || isShown) console.log(output.trimEnd())
}
