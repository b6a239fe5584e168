import { Option, type Command } from 'commander'
import type { ConnectionFlags } from '../../cluster/kube-config/connection-flags.ts'
import { shellWords } from '../../decision/text/argv.ts'
import { objectName } from '../verb/usage-values.ts'

/** The choice of an API server, a user and a namespace, by the flags of kubectl. */
export interface ClusterChoice extends ConnectionFlags {
  readonly kubeconfig?: string
  readonly namespace?: string
  /** A folder that only kubectl uses. */
  readonly cacheDir?: string
}

type FlagName = keyof ClusterChoice

interface Flag {
  readonly flags: string
  readonly description: string
  readonly takes: 'text' | 'texts' | 'boolean'
}

// `kubectl options`, without those on logging, profiles and kuberc. kubectl has --proxy-url since version 1.37.
const shown = {
  kubeconfig: text('--kubeconfig <file>', 'the kubeconfig to use; by default the one that kubectl uses'),
  context: text('--context <name>', 'the context of the kubeconfig to use'),
  namespace: text('-n, --namespace <name>', 'the namespace; by default that of the context, or else "default"'),
} as const satisfies Partial<Record<FlagName, Flag>>

const hidden = {
  cluster: text('--cluster <name>', 'the cluster of the kubeconfig to use'),
  user: text('--user <name>', 'the user of the kubeconfig to use'),
  server: text('-s, --server <url>', 'the API server'),
  tlsServerName: text('--tls-server-name <name>', 'the name that the certificate of the API server must have'),
  certificateAuthority: text('--certificate-authority <file>', 'the CA of the API server'),
  insecureSkipTlsVerify: boolean('--insecure-skip-tls-verify', 'do not check the certificate of the API server'),
  disableCompression: boolean('--disable-compression', 'let the API server answer without compression'),
  proxyUrl: text('--proxy-url <url>', 'the proxy on the way to the API server'),
  token: text('--token <token>', 'the bearer token of the user'),
  clientCertificate: text('--client-certificate <file>', 'the certificate of the user'),
  clientKey: text('--client-key <file>', 'the key of that certificate'),
  username: text('--username <name>', 'the name for basic authentication'),
  password: text('--password <password>', 'the password for basic authentication'),
  as: text('--as <user>', 'the user to impersonate'),
  asUid: text('--as-uid <uid>', 'the UID of that user'),
  asGroup: { ...text('--as-group <group>', 'a group of that user; repeatable'), takes: 'texts' },
  asUserExtra: { ...text('--as-user-extra <key=value>', 'an extra of that user; repeatable'), takes: 'texts' },
  requestTimeout: text('--request-timeout <time>', 'the longest time for a call of the API server, such as 30s'),
  cacheDir: text('--cache-dir <folder>', 'the folder in which kubectl keeps what it knows of the API server'),
} as const satisfies Partial<Record<FlagName, Flag>>

const all: Readonly<Record<FlagName, Flag>> = { ...shown, ...hidden }

function text(flags: string, description: string): Flag {
  return { flags, description, takes: 'text' }
}

function boolean(flags: string, description: string): Flag {
  return { flags, description, takes: 'boolean' }
}

/**
 * Adds kubectl's flags for the API server and the user to all verbs. Verbs get them as a ClusterChoice from
 * `optsWithGlobals`, so none may have a flag of the same name. The help lists the three that are used most.
 */
export function addConnectionOptions(program: Command): Command {
  for (const [name, flag] of Object.entries(all)) {
    const option = optionOf(flag)
    if (name === 'namespace') option.argParser(namespaceText)
    if (name in hidden) option.hideHelp()
    program.addOption(option)
    if (flag.takes === 'boolean') for (const value of ['true', 'false']) program.addOption(booleanOf(flag, name, value))
  }
  return program.addHelpText('afterAll', '\nThe other connection flags of kubectl work, too: kubectl options')
}

function optionOf({ flags, description, takes }: Flag): Option {
  const option = new Option(flags, description)
  // kubectl allows `=` after a flag of one letter, as in `-n=shop`. commander takes it for a part of the value.
  if (option.short) return option.argParser(withoutEquals)
  if (takes === 'texts') return option.argParser(addText)
  return option
}

function addText(value: string, others: readonly string[] | undefined): readonly string[] {
  return [...(others ?? []), value]
}

function withoutEquals(value: string): string {
  return value.replace(/^=/, '')
}

/** Checks a namespace. An empty one is left out, as by kubectl. */
function namespaceText(value: string): string {
  const name = withoutEquals(value)
  return name === '' ? '' : objectName(name)
}

/** Returns the option for a boolean flag with its value, as in `--insecure-skip-tls-verify=false`. */
function booleanOf({ flags }: Flag, name: string, value: string): Option {
  return new Option(`${flags}=${value}`).hideHelp().implies({ [name]: value === 'true' })
}

/**
 * Returns the same choice as flags for kubectl, which then is the same user at the same API server.
 * @param choice the options of a verb; other options in it are left out
 */
export function kubectlFlags(choice: ClusterChoice): string[] {
  return Object.entries(all).flatMap(([name, { flags }]) => {
    const value = choice[name as FlagName]
    const [long = ''] = /--[a-z-]+/.exec(flags) ?? []
    return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => `${long}=${String(one)}`)
  })
}

/**
 * Returns the flags that lead a printed command to the same API server as the same user, with a space in front. The
 * namespace is not among them: such a command names its own. A secret never is.
 */
export function flagsToShow(choice: ClusterChoice): string {
  const words = shellWords(shownFlags(choice))
  return words ? ` ${words}` : ''
}

/** Returns the same flags as words. */
export function shownFlags(choice: ClusterChoice): readonly string[] {
  const { namespace: _namespace, token: _token, password: _password, ...others } = choice
  return kubectlFlags(others)
}
