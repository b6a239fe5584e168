import { parse } from 'yaml'
import { ConfigFile } from '../../api/config/config.ts'
import { installation } from '../../api/installation.ts'
import { defaultingSchemaCheck } from '../../api/schema/schema-check.ts'
import type { Client } from '../../cluster/client/client.ts'
import type { KubeObject } from '../../cluster/client/resource.ts'
import { resources } from '../../cluster/client/resources.ts'
import { say } from '../../decision/text/sentence.ts'
import { configFile } from '../../install/deployed/config-map.ts'
import { Refusal } from '../output/failure.ts'
import { sourcesOf, type FileSource, type MountingPod } from './mounted-file.ts'

/** An installation in the cluster. */
export interface Installed {
  readonly client: Client
  readonly namespace: string
}

const checkConfig = defaultingSchemaCheck(ConfigFile, 'config')

/** Reads the config of the installation, with its defaults. */
export async function readConfig(installed: Installed): Promise<ConfigFile> {
  const { configMap, key } = configFile
  const text = await contentOf(installed, { kind: 'ConfigMap', name: configMap, key })
  if (text === undefined)
    throw new Refusal(
      say`Namespace ${installed.namespace} has no ConfigMap ${configMap}. --installed-in names another namespace.`,
    )
  const result = checkConfig(parse(text))
  if (result.ok) return result.value
  throw new Refusal(say`The config in ConfigMap ${configMap} cannot be used: ${result.problems.join('; ')}`)
}

/** Reads the files that the replicas find at these paths. */
export async function readMounted(
  installed: Installed,
  files: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const pod = await podOf(installed)
  const texts = await Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readSource(installed, pod, file)]),
  )
  return new Map(texts)
}

async function podOf({ client, namespace }: Installed): Promise<MountingPod> {
  const { name } = installation
  const found = (await client.get(resources.Deployment, { namespace, name })) as
    (KubeObject & { readonly spec: { readonly template: { readonly spec: MountingPod } } }) | undefined
  if (found) return found.spec.template.spec
  throw new Refusal(
    say`Namespace ${namespace} has no Deployment ${name}, which says where the files of the sink come from.`,
  )
}

async function readSource(installed: Installed, pod: MountingPod, file: string): Promise<string> {
  for (const source of sourcesOf(pod, file)) {
    const text = await contentOf(installed, source)
    if (text !== undefined) return text
  }
  throw new Refusal(say`${file} is from no Secret and no ConfigMap that the Deployment mounts, so it cannot be read.`)
}

async function contentOf({ client, namespace }: Installed, source: FileSource): Promise<string | undefined> {
  const found = (await client.get(resources[source.kind], { namespace, name: source.name })) as
    (KubeObject & { readonly data?: Readonly<Record<string, string>> }) | undefined
  const data = found?.data?.[source.key]
  return data !== undefined && source.kind === 'Secret' ? Buffer.from(data, 'base64').toString('utf8') : data
}
