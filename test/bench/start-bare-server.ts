import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { BareServerData } from './bare-server.ts'

/** Starts bare-server.ts in a thread of its own, until the clean-up. Resolves to its port. */
export async function startBareServer(workerData: BareServerData, cleanup: AsyncDisposableStack): Promise<number> {
  const worker = new Worker(new URL('./bare-server.ts', import.meta.url), { workerData })
  cleanup.defer(async () => {
    await worker.terminate()
  })
  const [port] = (await once(worker, 'message')) as [number]
  return port
}
