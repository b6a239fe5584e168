/** What the shell is told. */
export const exitCode = {
  done: 0,
  /** It was refused, failed or ended otherwise than hoped for; a sentence on stderr says why. */
  refused: 1,
  /** The command line makes no sense; nothing was tried. */
  usage: 2,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]
