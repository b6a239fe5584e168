import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, normalize, sep } from 'node:path'
import { Type } from 'typebox'
import { parseAllDocuments } from 'yaml'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { isRecord } from '../client/read-object.ts'
import { findProgram, foldersOf } from './find-program.ts'
import { firstLineOf, KubeConfigError } from './kube-config-error.ts'

// The first version that has the policy. kubectl ignores it in an older one.
const policyVersion = 'kubectl.config.k8s.io/v1beta1'

/**
 * Checks that the user's kuberc lets kubectl run this login program (KEP-3104).
 * @throws KubeConfigError if it does not, or is not understood
 */
export function checkPluginPolicy(command: string, env: NodeJS.ProcessEnv): void {
  const file = env['KUBERC'] || join(env['HOME'] || homedir(), '.kube', 'kuberc')
  if (file === 'off' || env['KUBECTL_KUBERC'] === 'false') return
  const { policy, allowed } = policyIn(file)
  if (!policy || policy === 'AllowAll') return
  if (policy === 'Allowlist' && isAllowed(normalize(command), allowed, env)) return
  throw new KubeConfigError(`${file} does not let kubectl run ${command}: its credentialPluginPolicy is ${policy}.`)
}

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))
const Preference = Type.Object({
  apiVersion: Type.Literal(policyVersion),
  credentialPluginPolicy: text,
  credentialPluginAllowlist: Type.Optional(Type.Union([Type.Array(Type.Object({ name: Type.String() })), Type.Null()])),
})
const check = schemaCheck(Preference, 'kuberc')

interface Policy {
  readonly policy?: string | null | undefined
  readonly allowed: readonly string[]
}

function policyIn(file: string): Policy {
  try {
    const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as unknown)
    const preference = documents.find((one) => isRecord(one) && one['apiVersion'] === policyVersion)
    if (preference === undefined) return { allowed: [] }
    const result = check(preference)
    if (!result.ok) throw new Error(result.problems.join('; '))
    const { credentialPluginPolicy: policy, credentialPluginAllowlist: list } = result.value
    return { policy, allowed: (list ?? []).map(({ name }) => name) }
  } catch (error) {
    if (isRecord(error) && error['code'] === 'ENOENT') return { allowed: [] }
    throw new KubeConfigError(`The preferences of kubectl in ${file} cannot be read: ${firstLineOf(error)}`)
  }
}

function isAllowed(command: string, allowed: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const path = pathOf(command, env)
  return path !== undefined && allowed.some((one) => one === command || one === path || pathOf(one, env) === path)
}

/** Looks a program up on the PATH, as a shell does. */
function pathOf(program: string, env: NodeJS.ProcessEnv): string | undefined {
  return program.includes(sep) ? program : findProgram(program, foldersOf(env['PATH']))
}
