import { CommandFailed, runCommand } from '../../test/cluster/run-command.ts'

/** Returns the commit of the checkout, with a mark if files differ from it. A copy without git has none. */
export async function revisionOf(checkout: string): Promise<string | undefined> {
  try {
    const commit = await runCommand('git', ['-C', checkout, 'rev-parse', 'HEAD'])
    const changes = await runCommand('git', ['-C', checkout, 'status', '--porcelain', '--untracked-files=no'])
    return changes === '' ? commit.trim() : `${commit.trim()}-dirty`
  } catch (error) {
    if (error instanceof CommandFailed) return undefined
    throw error
  }
}
