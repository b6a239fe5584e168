import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'

/** The program that kubectl calls for completions. kubectl finds it as `kubectl_complete-access`. */
export const completionProgram = '#!/bin/sh\nexec kubectl-access __complete -- "$@"'

/** `completion`: prints the program that kubectl calls for completions. */
export function printCompletion(): Promise<ExitCode> {
  tell(completionProgram)
  return Promise.resolve(exitCode.done)
}
