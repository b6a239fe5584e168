import type { AddVerb } from '../verb/verb.ts'

const use = [
  '\nkubectl asks the program kubectl_complete-access on the PATH for completions. Install it so:\n',
  '  kubectl access completion > kubectl_complete-access',
  '  chmod +x kubectl_complete-access',
  '  mv kubectl_complete-access /usr/local/bin/\n',
  "The shell must have kubectl's own completion as well. This page explains it: kubectl completion --help",
].join('\n')

export const addCompletion: AddVerb = (program, { run }) => {
  program
    .command('completion')
    .description('Print the program that completes `kubectl access` for kubectl.')
    .addHelpText('after', use)
    .action(async () => {
      await run(async () => (await import('./print-completion.ts')).printCompletion, {})
    })
}
