import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { writeWhole } from './write-whole.ts'

/** The people that every cluster knows: alice and mallory are in Group dev, bob and carol in Group sre. */
export type Person = 'alice' | 'mallory' | 'bob' | 'carol'
export type ClusterUser = 'admin' | Person

const nodeState = Type.Union([
  Type.Object({ ready: Type.Literal(true) }),
  Type.Object({ ready: Type.Literal(false), reason: Type.String() }),
])

const clusterRecord = Type.Object({
  provider: Type.Union([Type.Literal('given'), Type.Literal('kind'), Type.Literal('local')]),
  node: nodeState,
  kubectl: Type.String(),
  images: Type.Object({
    busybox: Type.String(),
    /** An image by its digest, as tasks have it. A given cluster may have none. */
    tools: Type.Optional(Type.String()),
  }),
  /** Set only if the harness runs etcd itself. Tests use it to look at etcd, fill it up or stop it. */
  etcd: Type.Optional(Type.Object({ url: Type.String() })),
  /** The API server's own audit log (JSON lines), if the harness runs the API server. */
  auditLog: Type.Optional(Type.String()),
  /** The address at which pods and the API server reach a process of this machine that listens at `listenAddress`. */
  hostAddress: Type.String(),
  listenAddress: Type.String(),
  /** The version of its API server, for example v1.37.2. */
  version: Type.String(),
  /** The login of the admin's kubeconfig, as the API server names it. */
  administrator: Type.Object({ username: Type.String(), groups: Type.Array(Type.String()) }),
})

/** The facts about a cluster that `up` found or started, as D/cluster.json holds them. */
export type ClusterRecord = Static<typeof clusterRecord>
/** A cluster that has come up, before it was asked who the administrator is. */
export type NewCluster = Omit<ClusterRecord, 'administrator' | 'version'>
export type NodeState = Static<typeof nodeState>

/** A cluster that is up. */
export interface Cluster extends Readonly<ClusterRecord> {
  readonly dir: string
  readonly kubeconfig: (user: ClusterUser) => string
}

/** Returns the kubeconfig of one user of the cluster in `dir`. */
export function kubeconfigPath(dir: string, user: string): string {
  return join(dir, `${user}.kubeconfig`)
}

/** Writes the record last of all, so that its presence means that the whole cluster is up. */
export function writeRecord(dir: string, record: ClusterRecord): Cluster {
  writeWhole(join(dir, 'cluster.json'), JSON.stringify(record, undefined, 2))
  return toCluster(dir, record)
}

/** Reads the record that `up` left in `dir`. Throws if there is none. */
export function readRecord(dir: string): Cluster {
  const path = join(dir, 'cluster.json')
  if (!existsSync(path)) throw new Error(`no cluster has come up in ${dir}`)
  const text = readFileSync(path, 'utf8')
  const parsed: unknown = JSON.parse(text)
  return toCluster(dir, Value.Parse(clusterRecord, parsed))
}

function toCluster(dir: string, record: ClusterRecord): Cluster {
  return { ...record, dir, kubeconfig: (user) => kubeconfigPath(dir, user) }
}
