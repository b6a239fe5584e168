/** The exit codes of the program. `exec` and `shell` pass on the code of the command that they ran. */
export const exitCode = {
  done: 0,
  /** The command failed, or was refused for another reason than those below. A sentence on stderr says why. */
  error: 1,
  /** The command line is wrong, and nothing was tried. */
  usage: 2,
  /** An approver or a validator denied the request. */
  denied: 3,
  /** The request is not ready after the time that was to be waited. It goes on. */
  late: 4,
  /** The request has ended without a denial: it failed, expired, was revoked or deleted. */
  ended: 5,
  /** The user interrupted the program by Ctrl-C, as a shell reports it (128 + SIGINT). */
  interrupted: 130,
} as const

/** An exit code: one of `exitCode`, or that of a command that was run for the user. */
export type ExitCode = number

/** The meanings of the exit codes, for people. */
export const exitMeanings: Readonly<Record<keyof typeof exitCode, string>> = {
  done: 'It is done.',
  error: 'It failed, or was refused. A sentence on stderr says why.',
  usage: 'The command line is wrong. Nothing was tried.',
  denied: 'An approver or a validator denied the request.',
  late: 'The request was not ready in time. It goes on.',
  ended: 'The request ended without a denial: it failed, expired, was revoked or was deleted.',
  interrupted: 'Ctrl-C ended it.',
}
