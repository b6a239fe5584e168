import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { tell } from '../output/output.ts'

/** `completion`: prints the program that kubectl calls for completions. */
export function printCompletion(): Promise<ExitCode> {
  tell('#!/bin/sh\nexec kubectl-access __complete -- "$@"')
  return Promise.resolve(exitCode.done)
}
