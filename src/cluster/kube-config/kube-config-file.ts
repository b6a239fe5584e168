import { Type, type Static } from 'typebox'
import { parse, type Tags } from 'yaml'
import { schemaCheck } from '../../api/schema/schema-check.ts'
import { isRecord } from '../client/read-object.ts'

const text = Type.Optional(Type.String())
const texts = Type.Optional(Type.Array(Type.String()))

/** A program that logs in, as client.authentication.k8s.io defines it. */
const ExecPlugin = Type.Object({
  apiVersion: text,
  command: text,
  args: texts,
  env: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: text }))),
  installHint: text,
  provideClusterInfo: Type.Optional(Type.Boolean()),
  interactiveMode: text,
})

const User = Type.Object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': texts,
  'as-user-extra': Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
  'auth-provider': Type.Optional(
    Type.Object({ name: Type.String(), config: Type.Optional(Type.Record(Type.String(), Type.String())) }),
  ),
  exec: Type.Optional(ExecPlugin),
})

const Cluster = Type.Object({
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': Type.Optional(Type.Boolean()),
  'certificate-authority': text,
  'certificate-authority-data': text,
  'proxy-url': text,
  'disable-compression': Type.Optional(Type.Boolean()),
  extensions: Type.Optional(Type.Array(Type.Object({ name: Type.String(), extension: Type.Unknown() }))),
})

const Context = Type.Object({ cluster: text, user: text, namespace: text })

/**
 * A kubeconfig as it is written: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/. Fields that are not
 * listed here are ignored, as by kubectl, except for those of the chosen user (unknownFieldOf).
 */
const KubeConfigFile = Type.Object({
  'current-context': text,
  clusters: Type.Optional(Type.Array(Type.Object({ name: Type.String(), cluster: Type.Optional(Cluster) }))),
  users: Type.Optional(Type.Array(Type.Object({ name: Type.String(), user: Type.Optional(User) }))),
  contexts: Type.Optional(Type.Array(Type.Object({ name: Type.String(), context: Type.Optional(Context) }))),
})

/**
 * Names a field of a user that is not known here, if there is one. kubectl ignores it, or is newer and obeys it. Then it
 * would be another user than we are.
 */
export function unknownFieldOf(user: User): string | undefined {
  const levels: readonly (readonly [string, object, readonly string[]])[] = [
    ['user', user, [...Object.keys(User.properties), 'extensions']],
    ['user.exec', user.exec ?? {}, Object.keys(ExecPlugin.properties)],
    ['user.auth-provider', user['auth-provider'] ?? {}, ['name', 'config']],
  ]
  for (const [path, value, known] of levels) {
    const unknown = Object.keys(value).find((field) => !known.includes(field))
    if (unknown !== undefined) return `${path}.${unknown}`
  }
  return undefined
}

export type ExecPlugin = Static<typeof ExecPlugin>
export type User = Static<typeof User>
export type Cluster = Static<typeof Cluster>
export type Context = Static<typeof Context>

/** A kubeconfig with its entries by name. */
export interface KubeConfig {
  readonly currentContext: string | undefined
  readonly clusters: ReadonlyMap<string, Cluster>
  readonly users: ReadonlyMap<string, User>
  readonly contexts: ReadonlyMap<string, Context>
}

const check = schemaCheck(KubeConfigFile, 'kubeconfig')

/**
 * Parses the text of one kubeconfig, YAML or JSON. An empty text is a kubeconfig without entries.
 * @throws Error with a sentence that names the field
 */
export function parseKubeConfig(source: string): KubeConfig {
  // kubectl reads YAML 1.1, where `yes` is a boolean. A time is a text for it.
  const tagsOf = (tags: Tags): Tags => tags.filter((tag) => tag !== 'timestamp' && !isTimestamp(tag))
  const result = check(withoutNulls(parse(source, { version: '1.1', customTags: tagsOf }) ?? {}))
  if (!result.ok) throw new Error(result.problems.join('; '))
  const { clusters = [], users = [], contexts = [] } = result.value
  return {
    currentContext: result.value['current-context'] || undefined,
    clusters: byName('clusters', clusters, ({ cluster = {} }) => cluster),
    users: byName('users', users, ({ user = {} }) => user),
    contexts: byName('contexts', contexts, ({ context = {} }) => context),
  }
}

function isTimestamp(tag: Tags[number]): boolean {
  return typeof tag !== 'string' && tag.tag === 'tag:yaml.org,2002:timestamp'
}

function byName<T extends { readonly name: string }, V>(
  field: string,
  list: readonly T[],
  valueOf: (entry: T) => V,
): ReadonlyMap<string, V> {
  const names = list.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new Error(`kubeconfig.${field} has two entries of name ${twice}`)
  return new Map(list.map((entry) => [entry.name, valueOf(entry)]))
}

/** Removes nulls: Go takes a null for a field that is left out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isRecord(value)) return value
  const entries = Object.entries(value).filter(([, inner]) => inner !== null)
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]))
}
