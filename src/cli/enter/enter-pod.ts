import type { ExitCode } from '../output/exit-code.ts'
import type { Entry, EnterOptions } from './entry.ts'
import { tryKubectl } from './kubectl.ts'
import { showRefusal } from './show-refusal.ts'

/** Tries the way in. If it is refused, asks for access, waits, and goes in. Passes the exit code of kubectl on. */
export async function enterPod(options: EnterOptions, entry: Entry): Promise<ExitCode> {
  const { place, container } = options
  const [first] = entry.asks
  const { code, refused } = await tryKubectl(options, entry.kubectl({ pod: place.text, container }, first))
  if (!refused) return code
  if (refused.by === 'nobody') {
    showRefusal(refused)
    return code
  }
  // Only those who are refused wait for all that this loads.
  const { gainAccess } = await import('./gain-access.ts')
  const { at, ask } = await gainAccess(options, entry, refused)
  const entered = await tryKubectl(options, entry.kubectl(at, ask))
  // The access may have ended in between.
  if (entered.refused) showRefusal(entered.refused)
  return entered.code
}
