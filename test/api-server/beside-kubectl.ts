import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { parse } from 'yaml'
import { addConnectionOptions, kubectlFlags, type ClusterChoice } from '../../src/cli/connection/flags.ts'
import { whoAmI } from '../../src/cli/connection/who-am-i.ts'
import { createClient } from '../../src/cluster/client/client.ts'
import { connect } from '../../src/cluster/kube-config/kube-config.ts'
import { writeKubeconfig as writeKubeconfigFile } from '../fixtures/kubeconfig-file.ts'
import { run } from '../fixtures/run.ts'
import { thisCluster, type Scene } from './this-cluster.ts'

export type Fields = Readonly<Record<string, unknown>>

interface ConfigFile {
  readonly clusters: readonly { readonly cluster: Fields }[]
  readonly users: readonly { readonly user: Fields }[]
}

/** The cluster and the user of the admin's kubeconfig. */
export function adminEntries(): { readonly cluster: Fields; readonly user: Fields } {
  const file = parse(readFileSync(thisCluster().kubeconfig('admin'), 'utf8')) as ConfigFile
  return { cluster: file.clusters[0]?.cluster ?? {}, user: file.users[0]?.user ?? {} }
}

/** Makes a service account, and returns a token of it. */
export async function tokenOf({ admin, namespace }: Scene, name: string): Promise<string> {
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } }
  await admin.call(`/api/v1/namespaces/${namespace}/serviceaccounts`, { method: 'POST', body: account })
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
  const answer = (await admin.call(path, { method: 'POST', body })) as { status: { token: string } }
  return answer.status.token
}

/** Writes a kubeconfig for the cluster of this run. Returns its path. */
export function writeKubeconfig(path: string, user: Fields, cluster: Fields = {}, more: Fields = {}): string {
  return writeKubeconfigFile(path, { ...adminEntries().cluster, ...cluster }, user, more)
}

/** Writes a program that prints credentials. The `lines` run before. */
export function writeLoginProgram(path: string, status: Fields, ...lines: readonly string[]): void {
  const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status }
  writeFileSync(path, ['#!/bin/sh', ...lines, `cat <<'END'\n${JSON.stringify(credential)}\nEND`].join('\n'))
  chmodSync(path, 0o755)
}

export const exec = (fields: Fields): Fields => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', ...fields },
})

type Who = { readonly username: string; readonly groups?: readonly string[] } | { readonly refused: string }

/** Asks the API server who we are with these flags of kubectl and this environment. */
export async function ours(...flags: readonly string[]): Promise<Who> {
  try {
    const choice = choiceOf(flags)
    const client = createClient(connect(choice.kubeconfig, choice))
    return shown(await whoAmI(client).finally(() => client.close()))
  } catch (error) {
    return { refused: String(error) }
  }
}

/** Asks kubectl the same. */
export async function kubectls(...flags: readonly string[]): Promise<Who> {
  const { code, stdout, stderr } = await run(thisCluster().kubectl, [...flags, 'auth', 'whoami', '-o', 'json'])
  if (code !== 0) return { refused: stderr }
  return shown((JSON.parse(stdout) as { status: { userInfo: UserInfo } }).status.userInfo)
}

/** Asks kubectl with the flags that the plugin would give to a kubectl of its own. */
export function itsKubectls(...flags: readonly string[]): Promise<Who> {
  return kubectls(...kubectlFlags(choiceOf(flags)))
}

function choiceOf(flags: readonly string[]): ClusterChoice {
  return addConnectionOptions(new Command().exitOverride()).parse(flags, { from: 'user' }).opts<ClusterChoice>()
}

interface UserInfo {
  readonly username: string
  readonly uid?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly extra?: Fields | undefined
}

function shown({ username, groups = [], uid, extra }: UserInfo): Who {
  return { username, groups, ...(uid && { uid }), ...(extra && { extra: named(extra) }) }
}

/** Leaves out the id that each login by token has of its own. */
function named(extra: Fields): Fields {
  return Object.fromEntries(Object.entries(extra).filter(([key]) => !key.startsWith('authentication.kubernetes.io/')))
}

/** Sets variables of this process, which kubectl inherits. Undefined removes one. */
export function setEnvironment(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = value
  }
}
