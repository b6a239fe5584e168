// The codes are those that a shell gives to a process that ends by the signal.
const signals = [
  { signal: 'SIGINT', exitCode: 130 },
  { signal: 'SIGTERM', exitCode: 143 },
] as const

/** The error that says that this process was asked to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(signal: string, exitCode: number) {
    super(`interrupted by ${signal}`)
    this.exitCode = exitCode
  }
}

/** Handles SIGINT and SIGTERM, so that they do not end the process, until the returned function is called. */
export function onInterrupt(act: (reason: Interrupted) => void): () => void {
  const listeners = signals.map(({ signal, exitCode }) => {
    const listener = () => {
      act(new Interrupted(signal, exitCode))
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
}
