import { join } from 'node:path'
import { styleText } from 'node:util'
import { stringify } from 'yaml'
import type { Cluster, ClusterUser } from '../../test/cluster/cluster.ts'
import { run, type Ended } from '../../test/fixtures/run.ts'

export function title(text: string): void {
  console.log(`\n${styleText('bold', text)}`)
}

/** Runs kubectl behind the scenes. A failure ends the demo. */
export async function runKubectl(
  cluster: Cluster,
  user: ClusterUser,
  args: readonly string[],
  input?: string,
): Promise<void> {
  console.log(indented(await readKubectl(cluster, user, args, input)))
}

/** Does the same as runKubectl, and returns what kubectl prints. */
export async function readKubectl(
  cluster: Cluster,
  user: ClusterUser,
  args: readonly string[],
  input = '',
): Promise<string> {
  const { code, stdout, stderr } = await kubectl(cluster, user, args, input)
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
  return stdout
}

interface Scene {
  readonly user: ClusterUser
  readonly args: readonly string[]
  readonly outcome: 'works' | 'is refused'
  /** The object that is applied by `-f -`. */
  readonly manifest?: object
}

/** Runs kubectl on stage: shows the command and its output, and checks that the outcome is the one the story tells. */
export async function showKubectl(cluster: Cluster, { user, args, outcome, manifest }: Scene): Promise<void> {
  const input = manifest ? stringify(manifest) : ''
  console.log(indented(`${user}$ kubectl ${args.join(' ')}${manifest ? ` <<EOF\n${input}EOF` : ''}`))
  const { code, stdout, stderr } = await kubectl(cluster, user, args, input)
  console.log(indented(stdout + stderr))
  const refused = stderr.includes('denied the request')
  if (outcome === 'works' ? code !== 0 : !refused)
    throw new Error(`the command above did not do what the demo expects: it ${outcome}`)
}

export function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ')
}

function kubectl(cluster: Cluster, user: ClusterUser, args: readonly string[], input: string): Promise<Ended> {
  const env = { ...process.env, KUBECACHEDIR: join(cluster.dir, 'kubectl-cache') }
  return run(cluster.kubectl, [`--kubeconfig=${cluster.kubeconfig(user)}`, ...args], input, env)
}
