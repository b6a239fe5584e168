import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { say } from '../../../decision/text/sentence.ts'
import { Refusal } from '../../output/failure.ts'
import type { Input } from './documents.ts'

const extensions = /\.(?:ya?ml|json)$/i

/**
 * Reads files, and all files of folders that end in .yaml, .yml or .json. A folder's own folders are read, too.
 * @param names `-` is standard input
 * @throws Refusal
 */
export function readInputs(names: readonly string[]): readonly Input[] {
  return [...new Set(names)].flatMap((name) => {
    if (name === '-') return [{ name: 'standard input', text: readText(0, 'standard input') }]
    const files = filesIn(name)
    if (files.length === 0) throw new Refusal(say`${name} has no file that ends in .yaml, .yml or .json.`)
    return files.map((file) => ({ name: file, text: readText(file, file) }))
  })
}

function filesIn(name: string): readonly string[] {
  return named(name, () => (statSync(name).isDirectory() ? filesOfFolder(name, []) : [name]))
}

/** @param outer the real paths of the folders around it, so that a link to one of them ends the search */
function filesOfFolder(folder: string, outer: readonly string[]): readonly string[] {
  const real = realpathSync(folder)
  if (outer.includes(real)) return []
  return readdirSync(folder)
    .toSorted()
    .map((entry) => join(folder, entry))
    .flatMap((path) => {
      const found = statSync(path, { throwIfNoEntry: false })
      if (found?.isDirectory() === true) return filesOfFolder(path, [...outer, real])
      return found?.isFile() === true && extensions.test(path) ? [path] : []
    })
}

function readText(file: string | 0, name: string): string {
  return named(name, () => readFileSync(file, 'utf8'))
}

/** @throws Refusal with the file's name: not every error of the system has it */
function named<T>(name: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Refusal(say`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
