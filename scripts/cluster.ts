import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { userCache } from '../test/cluster/cluster-dir.ts'
import { Interrupted } from '../test/cluster/interrupt.ts'
import { down, status, up, type Cluster } from '../test/cluster/cluster.ts'

const usage = `usage: npm run cluster -- up|down|status [--dir D] [--no-node]
  up       brings up a cluster to try things on: that of SALLYPORT_KUBECONFIG, else by kind, else from local processes
  down     takes it down with all that belongs to it
  status   says what runs; exits with 1 if no cluster runs
  --dir D      the folder for all its files (default: sallyport/cluster in your cache folder)
  --no-node    only a control plane: it cannot run pods, but starts faster and without root`

/** Prints one line for a human. */
function say(line: string): void {
  console.log(line)
}

async function runUp(dir: string, node: boolean): Promise<number> {
  const cluster = await up({ dir, node, log: say })
  sayHowToUse(cluster)
  return 0
}

function sayHowToUse(cluster: Cluster): void {
  const node = cluster.node.ready ? 'with a node' : `without a node: ${cluster.node.reason}`
  say(`${cluster.provider} cluster ${node}`)
  say(`try: ${cluster.kubectl} --kubeconfig ${cluster.kubeconfig('admin')} get pods -A`)
}

async function runStatus(dir: string): Promise<number> {
  const now = await status(dir)
  switch (now.state) {
    case 'running':
      say(`running in ${dir}, ${now.processes} processes`)
      sayHowToUse(now.cluster)
      return 0
    case 'starting':
      say(`starting in ${dir} (process ${now.pid})`)
      return 1
    case 'broken':
      say(`broken in ${dir}: ${now.reason}`)
      return 1
    case 'absent':
      say(`no cluster in ${dir}`)
      return 1
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      dir: { type: 'string' },
      'no-node': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
    allowPositionals: true,
  })
  if (values.help) {
    say(usage)
    return 0
  }
  const dir = values.dir ?? join(userCache(), 'cluster')
  switch (positionals.join(' ')) {
    case 'up':
      return runUp(dir, !values['no-node'])
    case 'down':
      await down(dir, say)
      return 0
    case 'status':
      return runStatus(dir)
    default:
      say(usage)
      return 2
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`cluster: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = error instanceof Interrupted ? error.exitCode : 1
}
