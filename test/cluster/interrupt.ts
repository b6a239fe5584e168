// With the codes that shells give to processes that end by them.
const signals = [
  { signal: 'SIGINT', exitCode: 130 },
  { signal: 'SIGTERM', exitCode: 143 },
] as const

/** Somebody asked this process to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(signal: string, exitCode: number) {
    super(`interrupted by ${signal}`)
    this.exitCode = exitCode
  }
}

/** Hears of SIGINT and SIGTERM instead of ending by them, until the returned function is called. */
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
