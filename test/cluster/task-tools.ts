import { librariesOf } from '../../scripts/image/shared-libraries.ts'
import type { Missing } from './go-tool.ts'
import { installMissing } from './needed-packages.ts'
import { onPath } from './node-tools.ts'
import type { Work } from './startup.ts'

/**
 * The programs that the tasks in examples/templates/tasks run, and Debian's package of each. `isInBase` if Debian's own
 * image has the package.
 */
export const taskPrograms = [
  { program: 'base64', package: 'coreutils', isInBase: true },
  { program: 'cat', package: 'coreutils', isInBase: true },
  { program: 'timeout', package: 'coreutils', isInBase: true },
  { program: 'sh', package: 'dash', isInBase: true },
  { program: 'ip', package: 'iproute2', isInBase: false },
  { program: 'strace', package: 'strace', isInBase: false },
  { program: 'tcpdump', package: 'tcpdump', isInBase: false },
] as const

/** The programs of tasks on this machine, by name, and the shared libraries that they need. All are paths. */
export interface TaskTools {
  readonly programs: ReadonlyMap<string, string>
  readonly libraries: readonly string[]
}

/** Finds or installs the programs of tasks, or says why this machine cannot have them. */
export async function findTaskTools({ log }: Work): Promise<TaskTools | Missing> {
  if (process.platform !== 'linux') return { missing: `tasks run programs of Linux, and this is ${process.platform}` }
  const needs = taskPrograms.map(({ program, package: name }) => ({
    package: name,
    isThere: () => onPath(program) !== undefined,
  }))
  const problem = await installMissing('tasks need', needs, log)
  if (problem !== undefined) return { missing: problem }
  const programs = new Map(taskPrograms.flatMap(({ program }) => entryOf(program)))
  try {
    const libraries = await Promise.all([...programs.values()].map((path) => librariesOf(path)))
    return { programs, libraries: [...new Set(libraries.flat())] }
  } catch (error) {
    // Elsewhere than on Debian, a program may be static, and ldd may print something else.
    return { missing: `the shared libraries of the programs of tasks cannot be found: ${String(error)}` }
  }
}

function entryOf(program: string): readonly (readonly [string, string])[] {
  const path = onPath(program)
  return path === undefined ? [] : [[program, path]]
}
