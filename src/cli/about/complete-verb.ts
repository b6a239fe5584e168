import { takesCommand, type AddVerb } from '../verb/verb.ts'

/** The verb that `kubectl_complete-access` runs. The words to complete follow `--`, so that none is taken for an option. */
export const addComplete: AddVerb = (program, { command: words = [''], run }) => {
  takesCommand(program.command('__complete', { hidden: true })).action(async () => {
    await run(async () => (await import('./print-candidates.ts')).printCandidates, { program, words })
  })
}
