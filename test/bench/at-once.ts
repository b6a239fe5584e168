const workers = 32

/** Acts so many times, on some at once. */
export async function atOnce(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++)
  }
  await Promise.all(Array.from({ length: workers }, worker))
}
