const signals = ['SIGINT', 'SIGTERM'] as const

/** Somebody asked this process to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** Hears of SIGINT and SIGTERM instead of ending by them, until the returned function is called. */
export function onInterrupt(act: (reason: Interrupted) => void): () => void {
  const listeners = signals.map((signal) => {
    const listener = () => {
      act(new Interrupted(`interrupted by ${signal}`))
    }
    process.on(signal, listener)
    return { signal, listener }
  })
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener)
  }
}
