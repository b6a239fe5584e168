import type { Command } from 'commander'
import { accessRequestKind } from '../../api/kinds/access-request.ts'
import { accessTemplateKind, clusterAccessTemplateKind } from '../../api/kinds/access-template.ts'
import type { Resource } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'
import { inSession } from '../connection/session.ts'
import { completionOf, type Candidate } from './complete.ts'

interface CandidatesOptions {
  readonly program: Command
  readonly words: readonly string[]
}

/** The kinds whose objects an option or an argument names. */
const namedKinds: { readonly [Named in string]: Resource } = {
  request: accessRequestKind,
  pod: resources.Pod,
  template: accessTemplateKind,
  clusterTemplate: clusterAccessTemplateKind,
  namespace: resources.Namespace,
}

// kubectl reads this last line: complete no file names (cobra's ShellCompDirectiveNoFileComp).
const noFiles = ':4'

/** `__complete`: prints a line for each word that may stand there, with its description behind a tab. */
export async function printCandidates({ program, words }: CandidatesOptions): Promise<ExitCode> {
  const { candidates, named, given } = completionOf(program, words)
  const kind = named === undefined ? undefined : namedKinds[named]
  const names = kind ? await namesOf(kind, given) : []
  const typed = words.at(-1) ?? ''
  const fitting = [...candidates, ...names].filter(({ word }) => word.startsWith(typed))
  for (const { word, description } of fitting) tell(description === undefined ? word : `${word}\t${description}`)
  tell(noFiles)
  return exitCode.done
}

/** Returns the names that the user may see. A completion that fails says nothing: the user is still typing. */
async function namesOf(kind: Resource, given: Readonly<Record<string, string>>): Promise<readonly Candidate[]> {
  try {
    return await inSession(given, async ({ client, namespace }) => {
      const { items } = await client.list(kind, kind.namespaced ? { namespace } : {}, AbortSignal.timeout(patienceMs))
      return items.map(({ metadata }) => ({ word: metadata.name }))
    })
  } catch {
    return []
  }
}

const patienceMs = 3_000
