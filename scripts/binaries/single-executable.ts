import { chmodSync, copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../../test/cluster/run-command.ts'

interface SingleExecutable {
  /** The Node that makes it. It is of this machine. */
  readonly builder: string
  /** The Node of the platform, in which the script is put. */
  readonly node: string
  /** The script, in one file. */
  readonly script: string
  /** An empty folder for it. */
  readonly folder: string
  readonly name: string
}

/**
 * Puts a script into a copy of Node (https://nodejs.org/api/single-executable-applications.html), and returns the path.
 * The same files make the same bytes. `strip` breaks the result.
 */
export async function singleExecutable({ builder, node, script, folder, name }: SingleExecutable): Promise<string> {
  // The names stand in the binary, so they are seen from its folder.
  copyFileSync(script, join(folder, 'main.mjs'))
  const config = {
    main: 'main.mjs',
    mainFormat: 'module',
    executable: node,
    output: name,
    disableExperimentalSEAWarning: true,
    // Both can be made only for the platform of the builder.
    useSnapshot: false,
    useCodeCache: false,
    // NODE_OPTIONS is meant for the Node that the user has, which may be another. Node ends on options it does not know.
    execArgvExtension: 'none',
  }
  writeFileSync(join(folder, 'sea.json'), JSON.stringify(config))
  await runCommand(builder, ['--build-sea', 'sea.json'], { cwd: folder })
  const made = join(folder, name)
  chmodSync(made, 0o755)
  return made
}
