import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Returns the folders of a PATH. An empty entry, which a shell takes for the working folder, is left out. */
export function foldersOf(path = ''): readonly string[] {
  return path.split(delimiter).filter((folder) => folder !== '')
}

/** Returns the path of a program in the first of the folders that has it. */
export function findProgram(program: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
