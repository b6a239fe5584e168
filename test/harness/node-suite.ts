import { it } from '@jest/globals'
import { whoMakesIt } from '../cluster/who-makes-it.ts'
import { findNodeTools } from '../cluster/node-tools.ts'

type Test = (name: string, test: () => Promise<void>) => void

/**
 * Returns `it` where clusters are started from local processes. Elsewhere the tests are skipped, and their names say
 * why.
 */
export async function itLocally(): Promise<Test> {
  return itUnless(await whyNoLocalCluster())
}

/** Returns `it` where such a cluster can have a node. */
export async function itWithNode(): Promise<Test> {
  return itUnless((await whyNoLocalCluster()) ?? (await whyNoNode()))
}

function itUnless(reason: string | undefined): Test {
  if (reason === undefined) return it
  say(`skipped: ${reason}`)
  return (name, test) => {
    it.skip(`${name} (skipped: ${reason})`, test)
  }
}

async function whyNoLocalCluster(): Promise<string | undefined> {
  const { provider, because } = await whoMakesIt(process.env['SALLYPORT_KUBECONFIG'], true)
  return provider === 'local' ? undefined : because
}

async function whyNoNode(): Promise<string | undefined> {
  const tools = await findNodeTools(say)
  return typeof tools === 'string' ? tools : undefined
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
