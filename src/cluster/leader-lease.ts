export async function runAsLeader(
  _lease: object,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  await lead(signal)
}
