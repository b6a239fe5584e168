import { globSync } from 'node:fs'
import { stages, type Suite } from './suites.ts'

/** A suite, and the files of it that are to run. */
export interface Wanted {
  readonly suite: Suite
  readonly files: readonly string[]
}

/** The error for words that name no suite or no file. */
export class NotWanted extends Error {
  override readonly name = 'NotWanted'
}

/**
 * Returns the suites that the words after `npm test --` ask for, in the order in which they run. Names of suites come
 * first, then parts of paths; a file must have one of these in its path. Without words everything runs.
 */
export function wantedOf(words: readonly string[]): readonly (readonly Wanted[])[] {
  const all = stages()
  const suites = all.flat()
  const names = words.filter((word) => suites.some(({ name }) => name === word))
  const parts = words.filter((word) => !names.includes(word))
  if (parts.length > 0 && names.length === 0) {
    const known = suites.map(({ name }) => name).join(', ')
    throw new NotWanted(
      `there is no suite ${parts.join(', ')}; the suites are ${known}. Put a part of a path after a suite`,
    )
  }
  const wanted = all
    .map((stage) => stage.filter(({ name }) => names.length === 0 || names.includes(name)))
    .map((stage) => stage.map((suite) => ({ suite, files: filesOf(suite, parts) })))
    .map((stage) => stage.filter(({ files }) => parts.length === 0 || files.length > 0))
  const unmet = parts.filter((part) => !wanted.flat().some(({ files }) => files.some((file) => file.includes(part))))
  if (unmet.length > 0) throw new NotWanted(`no test file of ${names.join(', ')} has ${unmet.join(', ')} in its path`)
  return wanted.filter((stage) => stage.length > 0)
}

function filesOf({ projects, only = {} }: Suite, parts: readonly string[]): readonly string[] {
  const globs = projects.flatMap((project) =>
    (only[project] ?? ['**/*']).map((name) => `test/${project}/${name}.test.ts`),
  )
  return globs
    .flatMap((glob) => globSync(glob))
    .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
}
