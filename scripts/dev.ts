// npm run dev: installs Sallyport into a cluster, runs it from the checkout until interrupted, and removes it again.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parseConfig } from '../src/config/config.ts'
import { createClient } from '../src/cluster/client/client.ts'
import { newSecret } from '../src/controller/self-check/webhook-paths.ts'
import { connect } from '../src/cluster/kube-config/kube-config.ts'
import { allKinds } from '../src/api/kinds/all-kinds.ts'
import { clientConfigAt } from '../src/install/client-config.ts'
import { customResourceDefinition } from '../src/install/crd.ts'
import { ownedBy } from '../src/install/live-difference.ts'
import { guardPolicies } from '../src/install/guard-policy.ts'
import { withSecret } from '../src/install/secret-path.ts'
import { userRoles } from '../src/install/user-roles.ts'
import { ownAccount } from '../src/install/rbac.ts'
import type { Manifest } from '../src/api/manifest.ts'
import { webhookConfigurations } from '../src/install/webhook-configuration.ts'
import { allMatches } from '../webhooks/all.ts'
import { namedCallAddress } from '../test/cluster/call-address.ts'
import { findCallAddress, ownAddresses } from '../test/cluster/find-call-address.ts'
import { gateFiles } from './dev/gate-files.ts'
import { startGate } from './dev/gate-process.ts'
import { claim, install, installOver, ownToken, ownerInstalled, removeLater } from './dev/installation.ts'
import { removeRequests, untilKindsAreServed } from './dev/kinds.ts'
import { untilItHolds } from './dev/probes.ts'
import { refuseTooOld } from './dev/refuse-too-old.ts'

const usage = `Usage: npm run dev -- [--kubeconfig FILE] [--config FILE] [--called-at HOST[:PORT]]
  --kubeconfig  an administrator's kubeconfig; default: KUBECONFIG. To get a cluster: npm run cluster -- up
  --config      a Sallyport config (docs/config.md); this command chooses ports, certificate and drainDelay
  --called-at   where the API server reaches this machine; default: found out`

const defaultConfig = 'apiVersion: config.sallyport.dev/v1alpha1\nkind: SallyportConfig\n'

// The shortest lifetime that every API server accepts. The token is renewed long before it ends.
const tokenSeconds = 3_600
const tokenRenewalMs = 30 * 60_000

const say = (line: string): void => {
  console.error(`dev: ${line}`)
}

interface Options {
  readonly kubeconfig?: string | undefined
  readonly config?: string | undefined
  readonly 'called-at'?: string | undefined
}

async function run({ kubeconfig, config: configFile, 'called-at': named }: Options, stop: AbortSignal): Promise<void> {
  const baseConfig = configFile ? await readFile(configFile, 'utf8') : defaultConfig
  const config = parseConfig(baseConfig, configFile ?? 'the default config')
  const connection = connect(kubeconfig)
  const client = createClient(connection)
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => client.close())

  await refuseTooOld(client)
  await claim(client)
  const at = named === undefined ? await findCallAddress(connection.server) : namedCallAddress(named, ownAddresses())
  say(`the API server calls ${at.calledHost} (${at.because}); the gate listens at ${at.listenHost}`)
  const files = await gateFiles(connection, { baseConfig, at }, cleanup)
  say('installing namespace, service account, roles, kinds and policies')
  const [home, ...account] = ownAccount(config.workloads)
  await install(client, home ? [home] : [], cleanup)
  await install(client, [...account, ...userRoles()], cleanup)
  const areKindsOurs = await install(client, allKinds.map(customResourceDefinition), cleanup)
  await untilKindsAreServed(client)
  await install(client, guardPolicies(), cleanup)
  await files.writeToken(await ownToken(client, tokenSeconds))
  const renewal = setInterval(() => {
    ownToken(client, tokenSeconds)
      .then((token) => files.writeToken(token))
      .catch((error: unknown) => {
        say(`the token was not renewed: ${String(error)}`)
      })
  }, tokenRenewalMs)
  cleanup.defer(() => {
    clearInterval(renewal)
  })
  stop.throwIfAborted()

  const owner = await ownerInstalled(client)
  const webhooks = (port: number): readonly Manifest[] => {
    const clientConfig = clientConfigAt({ calledAt: 'Address', host: at.calledHost, port }, files.caBundle)
    const plain = webhookConfigurations(allMatches(config), { ...config, clientConfig }).map((one) =>
      ownedBy(one, owner),
    )
    return config.callers.path ? plain.map((one) => withSecret(one, newSecret())) : plain
  }
  // The gate also makes them: when it looks before they are installed, and again when it looks after they were removed.
  for (const object of webhooks(0)) removeLater(client, object, cleanup)
  const gate = await startGate(files.config, files.kubeconfig)
  cleanup.defer(() => gate.stop())
  if (areKindsOurs) cleanup.defer(() => removeRequests(client))
  say('installing the webhook configuration; Ctrl-C removes all again and leaves the cluster as it was')
  await installOver(client, webhooks(gate.port), cleanup)
  await untilItHolds(client, gate, { at, stop })
  const { pid, port, healthPort } = gate
  say(`the gate is up: process ${pid}, webhooks on ${port}, health on ${healthPort}, files in ${files.folder}`)

  const ended = await Promise.race([gate.ended, aborted(stop)])
  if (ended !== undefined) {
    say(`the gate ended (${ended}); the API server now refuses every way in. Ctrl-C removes the webhook configuration`)
    await aborted(stop)
  }
  say('removing what was installed')
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else
      signal.addEventListener('abort', () => {
        resolve(undefined)
      })
  })
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stop.abort()
  })
}
try {
  const { values } = parseArgs({
    options: {
      kubeconfig: { type: 'string' },
      config: { type: 'string' },
      'called-at': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) console.log(usage)
  else await run(values, stop.signal)
} catch (error) {
  if (!stop.signal.aborted) {
    say(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
