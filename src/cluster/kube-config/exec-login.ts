import { spawn } from 'node:child_process'
import { Type, type Static } from 'typebox'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { firstLineOf, KubeConfigError } from './kube-config-error.ts'
import type { Cluster, ExecPlugin } from './kube-config-file.ts'

/** A program that prints credentials: a credential plugin of client-go (KEP-541). */
export interface ExecLogin {
  readonly userName: string
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly installHint: string | undefined
  readonly interactiveMode: InteractiveMode
  /** Present only if `provideClusterInfo` asks for it. */
  readonly cluster: Cluster | undefined
}

const interactiveModes = ['Never', 'IfAvailable', 'Always'] as const
type InteractiveMode = (typeof interactiveModes)[number]

// The older version has no interactiveMode of its own.
const defaultModes: Readonly<Record<string, InteractiveMode | undefined>> = {
  'client.authentication.k8s.io/v1': undefined,
  'client.authentication.k8s.io/v1beta1': 'IfAvailable',
}
const apiVersions = Object.keys(defaultModes)

const ExecCredential = Type.Object({
  apiVersion: Type.String(),
  kind: Type.Literal('ExecCredential'),
  status: Type.Object({
    token: Type.Optional(Type.String()),
    clientCertificateData: Type.Optional(Type.String()),
    clientKeyData: Type.Optional(Type.String()),
    expirationTimestamp: Type.Optional(Type.String()),
  }),
})
export type ExecCredential = Static<typeof ExecCredential>['status']

const check = schemaCheck(ExecCredential, 'credential')

/**
 * Checks the kubeconfig's entry for a program, as client-go does.
 * @throws KubeConfigError
 */
export function execLoginOf(exec: ExecPlugin, userName: string, cluster: Cluster): ExecLogin {
  const { apiVersion = '', command, args = [], env = [], installHint, provideClusterInfo = false } = exec
  const of = `The kubeconfig's user ${userName} cannot be used:`
  if (!command) throw new KubeConfigError(`${of} exec.command must name a program.`)
  if (!apiVersions.includes(apiVersion)) {
    throw new KubeConfigError(`${of} exec.apiVersion must be one of ${apiVersions.join(', ')}.`)
  }
  const wanted = exec.interactiveMode || defaultModes[apiVersion]
  const interactiveMode = interactiveModes.find((mode) => mode === wanted)
  if (!interactiveMode) {
    throw new KubeConfigError(`${of} exec.interactiveMode must be one of ${interactiveModes.join(', ')}.`)
  }
  return {
    userName,
    apiVersion,
    command,
    args,
    env: variablesOf(env, of),
    installHint,
    interactiveMode,
    cluster: provideClusterInfo ? cluster : undefined,
  }
}

function variablesOf(env: NonNullable<ExecPlugin['env']>, of: string): Readonly<Record<string, string>> {
  if (env.some(({ name }) => name === '')) throw new KubeConfigError(`${of} exec.env must name each variable.`)
  return Object.fromEntries(env.map(({ name, value = '' }) => [name, value]))
}

/**
 * Runs the program. The person sees its standard error while it runs, and it may read from the terminal.
 * @param caData the CA of the cluster, PEM in base64
 * @throws KubeConfigError
 */
export async function runExecLogin(login: ExecLogin, caData: string | undefined): Promise<ExecCredential> {
  const interactive = login.interactiveMode !== 'Never' && process.stdin.isTTY
  if (login.interactiveMode === 'Always' && !interactive) {
    throw loginFailed(login, 'it needs a terminal, and standard input is not one')
  }
  const info = execInfo(login, interactive, caData)
  const output = await outputOf(login, interactive, { ...process.env, ...login.env, KUBERNETES_EXEC_INFO: info })
  return credentialIn(login, output)
}

/** Returns the value of KUBERNETES_EXEC_INFO. */
function execInfo({ apiVersion, cluster }: ExecLogin, interactive: boolean, caData: string | undefined): string {
  const config = cluster?.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension
  const told = cluster && {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': caData,
    'proxy-url': cluster['proxy-url'],
    'disable-compression': cluster['disable-compression'],
    config,
  }
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { cluster: told, interactive } })
}

function outputOf(login: ExecLogin, interactive: boolean, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(login.command, login.args, {
      env,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    child.on('error', (error) => {
      reject(loginFailed(login, firstLineOf(error), login.installHint))
    })
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(loginFailed(login, `it ended with ${signal ?? `exit code ${code}`}`))
    })
  })
}

function credentialIn(login: ExecLogin, output: string): ExecCredential {
  const result = check(parsed(login, output))
  if (!result.ok) throw loginFailed(login, result.problems.join('; '))
  const { apiVersion, status } = result.value
  if (apiVersion !== login.apiVersion)
    throw loginFailed(login, `it answers in ${apiVersion}, not in ${login.apiVersion}`)
  const { token, clientCertificateData, clientKeyData } = status
  if (Boolean(clientCertificateData) !== Boolean(clientKeyData)) {
    throw loginFailed(login, 'it gave only one of certificate and key')
  }
  if (!token && !clientCertificateData) throw loginFailed(login, 'it gave neither a token nor a certificate')
  return status
}

function parsed(login: ExecLogin, output: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    throw loginFailed(login, 'what it printed is not JSON')
  }
}

function loginFailed({ command, userName }: ExecLogin, why: string, hint?: string): KubeConfigError {
  return new KubeConfigError(
    `The login of the kubeconfig's user ${userName} by ${command} failed: ${why}.${hint === undefined ? '' : `\n${hint.trim()}`}`,
  )
}
