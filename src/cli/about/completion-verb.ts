import type { AddVerb } from '../verb/verb.ts'

const use = `
kubectl asks a program of this name on the PATH for completions. Install it so:

  kubectl access completion > kubectl_complete-access
  chmod +x kubectl_complete-access
  mv kubectl_complete-access /usr/local/bin/

The shell must have kubectl's own completion as well. This page explains it: kubectl completion --help`

export const addCompletion: AddVerb = (program, { run }) => {
  program
    .command('completion')
    .description('Print the program by which kubectl completes `kubectl access`.')
    .addHelpText('after', use)
    .action(async () => {
      await run(async () => (await import('./print-completion.ts')).printCompletion, {})
    })
}
