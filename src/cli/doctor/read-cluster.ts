import { parse } from 'yaml'
import { ConfigFile } from '../../api/config/config.ts'
import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import { fieldsOf } from '../../api/fields.ts'
import { installation } from '../../api/installation.ts'
import { defaultingSchemaCheck } from '../../api/schema/schema-check.ts'
import { version } from '../../api/version.ts'
import type { Client } from '../../cluster/client/client.ts'
import { resourceOf, resources } from '../../cluster/client/resources.ts'
import { isFinished } from '../../decision/phase.ts'
import { say } from '../../decision/text/sentence.ts'
import { configFile } from '../../install/deployed/config-map.ts'
import type { ClusterFacts, Compared, Deployment, GateConfiguration, TokenSecret } from './cluster-facts.ts'
import { readCertificates } from './read-certificates.ts'
import { readWaiting } from './read-waiting.ts'
import { startReading, type Parts } from './reading.ts'
import { wantedObjects } from './wanted-objects.ts'

const { name, namespace } = installation

/** Reads all that the rules judge. It notes each part that the user may not read, and goes on. */
export async function readCluster(
  client: Client,
): Promise<{ readonly facts: ClusterFacts; readonly notChecked: readonly string[] }> {
  const reading = startReading()
  const parts = { client, reading }
  const config = await readConfig(parts)
  const [rights, installed, gate, deployment, requests, tokens, kubernetes, clock] = await Promise.all([
    readRights(parts),
    readInstalled(parts, config),
    reading.part(
      'the gate’s webhook configuration',
      client.get(resources.ValidatingWebhookConfiguration, { name }).then((one) => one ?? 'absent'),
    ),
    reading.part(
      'the Deployment',
      client.get(resources.Deployment, { name, namespace }).then((one) => one ?? 'absent'),
    ),
    reading.part('the requests', client.list(accessRequestKind)),
    readTokens(parts),
    readVersion(client),
    readClock(client),
  ])
  const gateConfiguration = gate as GateConfiguration | 'absent' | undefined
  const replicas = deployment as Deployment | 'absent' | undefined
  const [certificates, waiting] = await Promise.all([
    readCertificates(parts, { config, gate: gateConfiguration, deployment: replicas }),
    readWaiting(parts, config),
  ])
  const facts: ClusterFacts = {
    ...clock,
    version,
    ...rights,
    requests: requests?.items
      .filter((one) => !isFinished(one as AccessRequest))
      .map(({ metadata }) => metadata.uid ?? ''),
    config,
    installed,
    gate: gateConfiguration,
    deployment: replicas,
    certificates,
    tokens,
    kubernetes,
    waiting,
  }
  return { facts, notChecked: reading.notChecked() }
}

const checkConfig = defaultingSchemaCheck(ConfigFile, 'config')
const ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true } as const

async function readConfig({ client, reading }: Parts): Promise<ConfigFile | undefined> {
  const title = `the config (ConfigMap ${namespace}/${configFile.configMap})`
  const found = await reading.part(
    title,
    client.get(ConfigMap, { namespace, name: configFile.configMap }).then((one) => one ?? 'absent'),
  )
  if (found === undefined) return undefined
  if (found === 'absent') {
    reading.miss(`${title}: it does not exist`)
    return undefined
  }
  const result = readText(fieldsOf(fieldsOf(found)['data'])[configFile.key])
  if (result.ok) return result.value
  reading.miss(say`${title}: ${result.problems.join('; ')}`)
  return undefined
}

function readText(text: unknown): ReturnType<typeof checkConfig> {
  try {
    return checkConfig(parse(String(text)))
  } catch (error) {
    return { ok: false, problems: [String(error)] }
  }
}

async function readRights({ client, reading }: Parts): Promise<Pick<ClusterFacts, 'roles' | 'bindings'>> {
  const lists = await Promise.all(
    [resources.ClusterRole, resources.Role, resources.ClusterRoleBinding, resources.RoleBinding].map((resource) =>
      reading.part(`RBAC (${resource.plural})`, client.list(resource)),
    ),
  )
  const [clusterRoles, roles, clusterBindings, bindings] = lists.map((list) => list?.items)
  if (!clusterRoles || !roles || !clusterBindings || !bindings) return {}
  return {
    roles: [...clusterRoles, ...roles],
    bindings: [...clusterBindings, ...bindings],
  }
}

async function readInstalled({ client, reading }: Parts, config: ConfigFile | undefined): Promise<readonly Compared[]> {
  const read = await Promise.all(
    wantedObjects(config).map(async (wanted) => {
      const { kind, metadata } = wanted
      const title = `${kind} ${metadata.name}`
      const live = await reading.part(
        title,
        client.get(resourceOf(kind), metadata).then((one) => one ?? 'absent'),
      )
      return live === undefined ? [] : [{ wanted, live: live === 'absent' ? undefined : { ...live } }]
    }),
  )
  return read.flat()
}

/** Lists only the metadata: the tokens stay where they are. The type of a Secret is not in its metadata. */
async function readTokens({ client, reading }: Parts): Promise<readonly TokenSecret[] | undefined> {
  const list = await reading.part(
    'long-lived tokens (Secrets)',
    client.call('/api/v1/secrets', {
      query: { fieldSelector: 'type=kubernetes.io/service-account-token' },
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      timeoutMs: 60_000,
    }),
  )
  const { items } = fieldsOf(list)
  if (!Array.isArray(items)) return undefined
  return items.map((item: unknown) => {
    const { namespace: place, name: secret, annotations } = fieldsOf(fieldsOf(item)['metadata'])
    const account = fieldsOf(annotations)['kubernetes.io/service-account.name']
    return { namespace: String(place), name: String(secret), account: String(account) }
  })
}

/** Everybody who is logged in may read the version. */
async function readVersion(client: Client): Promise<ClusterFacts['kubernetes']> {
  const { major, minor } = fieldsOf(await client.call('/version'))
  return { major: Number.parseInt(String(major), 10), minor: Number.parseInt(String(minor), 10) }
}

/** The API server writes its time into each object, also into one that it does not store. */
async function readClock(client: Client): Promise<Pick<ClusterFacts, 'now' | 'server'>> {
  const begun = Date.now()
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const answer = await client.call('/apis/authentication.k8s.io/v1/selfsubjectreviews', { method: 'POST', body })
  const now = Date.now()
  const { creationTimestamp } = fieldsOf(fieldsOf(answer)['metadata'])
  const time = Date.parse(String(creationTimestamp))
  return { now, server: Number.isNaN(time) ? undefined : { time, tookMs: now - begun } }
}
