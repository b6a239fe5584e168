import { it } from '@jest/globals'
import { kindIsUsable } from '../cluster/kind-cluster.ts'
import { findNodeTools } from '../cluster/node-tools.ts'

const log = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** `it` where a local node can run; elsewhere a skipped test whose name says why. */
export async function itWithNode(): Promise<(name: string, test: () => Promise<void>) => void> {
  const reason = await whyNoLocalNode()
  if (reason === undefined) return it
  log(`skipped: ${reason}`)
  return (name, test) => {
    it.skip(`${name} (skipped: ${reason})`, test)
  }
}

async function whyNoLocalNode(): Promise<string | undefined> {
  if (process.env['SALLYPORT_KUBECONFIG']) return 'SALLYPORT_KUBECONFIG is set, no local cluster is started'
  if (await kindIsUsable()) return 'kind is usable here, no local cluster is started'
  const tools = await findNodeTools(log)
  return typeof tools === 'string' ? tools : undefined
}
