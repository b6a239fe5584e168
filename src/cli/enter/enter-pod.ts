import type { ExitCode } from '../output/exit-code.ts'
import { warn } from '../output/output.ts'
import type { Entry, EnterOptions } from './entry.ts'
import { runKubectl, tryKubectl } from './kubectl.ts'

/** Tries the way in. If it is refused, asks for access, waits, and goes in. Passes the exit code of kubectl on. */
export async function enterPod(options: EnterOptions, entry: Entry): Promise<ExitCode> {
  const { place, container } = options
  const [first] = entry.asks
  const { code, refused } = await tryKubectl(options, entry.kubectl({ pod: place.text, container }, first))
  if (!refused) return code
  if (refused.by === 'nobody') {
    process.stderr.write(Buffer.from(refused.text, 'latin1'))
    warn("Sallyport's gate does not answer, so nobody gets in. Tell those who run Sallyport: see docs/emergency.md.")
    return code
  }
  // Only those who are refused wait for all that this loads.
  const { gainAccess } = await import('./gain-access.ts')
  const { at, ask } = await gainAccess(options, entry, refused)
  return runKubectl(options, entry.kubectl(at, ask))
}
