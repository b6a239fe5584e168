import { join } from 'node:path'
import type { Cluster, ClusterUser } from '../../test/cluster/cluster.ts'
import { run, type Ended } from '../../test/fixtures/run.ts'

function kubectl(cluster: Cluster, user: ClusterUser, args: readonly string[], input = ''): Promise<Ended> {
  const env = { ...process.env, KUBECACHEDIR: join(cluster.dir, 'kubectl-cache') }
  return run(cluster.kubectl, [`--kubeconfig=${cluster.kubeconfig(user)}`, ...args], input, env)
}

/** Runs kubectl behind the scene; a failure ends the demo. */
export async function runKubectl(
  cluster: Cluster,
  user: ClusterUser,
  args: readonly string[],
  input?: string,
): Promise<void> {
  const { code, stdout, stderr } = await kubectl(cluster, user, args, input)
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`)
  console.log(indented(stdout))
}

/** Runs kubectl on stage: what is typed, what comes back, and whether it is what the story says. */
export async function showKubectl(
  cluster: Cluster,
  user: ClusterUser,
  args: readonly string[],
  outcome: 'works' | 'is refused',
): Promise<void> {
  console.log(`  ${user}$ kubectl ${args.join(' ')}`)
  const { code, stdout, stderr } = await kubectl(cluster, user, args)
  console.log(indented(stdout + stderr))
  const refused = stderr.includes('denied the request')
  if (outcome === 'works' ? code !== 0 : !refused) throw new Error(`it should be that this ${outcome}`)
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '  ')
}
