import { installPackages, whyNoPackages } from './debian-packages.ts'
import type { Log } from './startup.ts'

/** Something that is needed on this machine: Debian's package, and how it is found. */
export interface Need {
  readonly package: string
  readonly isThere: () => boolean
}

/**
 * Installs the packages of what is missing. Returns the reason if something is still missing: a sentence that begins
 * with `who`, such as `a node needs`.
 */
export async function installMissing(who: string, needs: readonly Need[], log: Log): Promise<string | undefined> {
  const missing = missingOf(needs)
  if (missing.length === 0) return undefined
  const problem = whyNoPackages() ?? (await installing(missing, needs, log))
  return problem === undefined ? undefined : `${who} ${missing.join(', ')} (Debian's names), and ${problem}`
}

function missingOf(needs: readonly Need[]): readonly string[] {
  return [...new Set(needs.filter(({ isThere }) => !isThere()).map((need) => need.package))]
}

async function installing(packages: readonly string[], needs: readonly Need[], log: Log): Promise<string | undefined> {
  try {
    await installPackages(packages, log)
  } catch (error) {
    return `apt did not install them: ${String(error)}`
  }
  const still = missingOf(needs)
  return still.length > 0 ? `${still.join(', ')} did not bring the programs that were expected` : undefined
}
