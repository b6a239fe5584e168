// npm run check: the checks without the tests.
import { checks, runCheck } from './checks.ts'

for (const { title, command } of checks) {
  const { ok, output } = await runCheck(command)
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${title}`)
  if (ok) continue
  console.log(output)
  process.exitCode = 1
}
