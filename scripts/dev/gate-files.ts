import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { CallAddress } from '../../test/cluster/call-address.ts'
import { createAuthority, issueLeaf } from '../../certs/authority.ts'

/** The files that a gate in development runs with. They have a folder of their own. */
export interface GateFiles {
  readonly folder: string
  readonly config: string
  readonly kubeconfig: string
  readonly caBundle: string
  writeToken(token: string): Promise<void>
}

// Long enough for any session at a desk. The next run makes new ones.
const certificateDays = 30

/** The settings of a gate in development. */
export interface GateSettings {
  /** The text of a config file. Settings that depend on this machine are replaced. */
  readonly baseConfig: string
  readonly at: CallAddress
}

/**
 * @param server URL of the API server, and its CA in base64 as a kubeconfig has it
 */
export async function gateFiles(
  cluster: { server: string; caData: string | undefined },
  { baseConfig, at: address }: GateSettings,
  cleanup: AsyncDisposableStack,
): Promise<GateFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-dev-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const at = (name: string): string => join(folder, name)

  const authority = await createAuthority('sallyport development CA', { from: new Date(), days: certificateDays })
  const leaf = await issueLeaf(authority, namesOf(address), { from: new Date(), days: certificateDays })
  await Promise.all([
    writeFile(at('ca.crt'), authority.cert),
    writeFile(at('ca.key'), authority.key, { mode: 0o600 }),
    writeFile(at('tls.crt'), leaf.cert),
    writeFile(at('tls.key'), leaf.key, { mode: 0o600 }),
    writeFile(at('config.yaml'), stringify(localConfig(baseConfig, address, at))),
    writeFile(at('kubeconfig'), stringify(localKubeconfig(cluster, at('token'))), { mode: 0o600 }),
  ])
  return {
    folder,
    config: at('config.yaml'),
    kubeconfig: at('kubeconfig'),
    caBundle: Buffer.from(authority.cert).toString('base64'),
    async writeToken(token) {
      // Written whole, because the gate may read it at any moment.
      await writeFile(at('token.new'), token, { mode: 0o600 })
      await rename(at('token.new'), at('token'))
    },
  }
}

/** The names in the gate's certificate. The API server and people on this machine call the gate by them. */
function namesOf({ calledHost, listenHost }: CallAddress): readonly string[] {
  return [...new Set([calledHost, listenHost, '127.0.0.1', 'localhost'])].filter((name) => name !== '::')
}

function localConfig(
  base: string,
  { calledHost, listenHost, port = 0 }: CallAddress,
  at: (name: string) => string,
): object {
  return {
    // Short, because no endpoints have to catch up here.
    drainDelay: '1s',
    ...(parse(base) as object),
    webhooks: { host: listenHost, port, calledAt: 'Address', calledHost },
    health: { host: '127.0.0.1', port: 0 },
    tls: { certFile: at('tls.crt'), keyFile: at('tls.key'), caFile: at('ca.crt') },
  }
}

function localKubeconfig(
  { server, caData }: { server: string; caData: string | undefined },
  tokenFile: string,
): object {
  const name = 'sallyport'
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, ...(caData && { 'certificate-authority-data': caData }) } }],
    // The gate reads the file again when the token is renewed, as in a pod.
    users: [{ name, user: { tokenFile } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  }
}
