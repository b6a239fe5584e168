/** One of the things that must hold before a replica gets calls. */
export interface ReadinessCheck {
  /** The name of what is looked at, such as `API server`. */
  readonly name: string
  /** Resolves to what is not right; to undefined if all is. */
  readonly look: () => string | undefined | Promise<string | undefined>
}

/** Resolves to every problem with the name of its check; to undefined if this replica should get calls. */
export async function whyNotReady(checks: readonly ReadinessCheck[]): Promise<string | undefined> {
  const problems = await Promise.all(
    checks.map(async ({ name, look }) => {
      const problem = await look()
      return problem === undefined ? [] : [`${name}: ${problem}`]
    }),
  )
  return problems.flat().join('; ') || undefined
}
