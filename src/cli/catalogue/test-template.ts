import { printableLines } from '../../api/printable.ts'
import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { fieldsOf, isFields } from '../../api/fields.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { readable } from '../../api/schema/readable.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { readObject } from '../../cluster/client/read-object.ts'
import { pathOf } from '../../cluster/client/resource.ts'
import { typed } from '../../cluster/client/typed-object.ts'
import { say } from '../../decision/text/sentence.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { Refusal, sentenceOf } from '../output/failure.ts'
import { linesText } from '../output/lines.ts'
import { tell } from '../output/output.ts'
import { readYaml } from '../output/yaml.ts'
import { labelsOf } from './read-templates.ts'
import type { TestTemplateOptions } from './templates-verb.ts'
import { sampleRequest, wouldGet, type Sample } from './would-get.ts'
import { tryAs } from './try-as.ts'

/** `templates test`: says if the server takes the templates of a file, and what a user could ask under them. */
export function testTemplate({ file, asker, groups, ...options }: TestTemplateOptions): Promise<ExitCode> {
  return inSession(options, async (session) => {
    const templates = templatesIn(await contentOf(file), file)
    const outcomes: boolean[] = []
    for (const template of templates) {
      outcomes.push(await testOne(session, template, { file, asker, groups, ...options }))
    }
    return outcomes.every(Boolean) ? exitCode.done : exitCode.error
  })
}

async function testOne(session: CliSession, file: TemplateFile, options: TestTemplateOptions): Promise<boolean> {
  tell(say`${file.kind} ${file.metadata.name}`)
  const namespace = file.metadata.namespace ?? session.namespace
  let template: AnyTemplate
  try {
    template = await tryTemplate(session, file, namespace)
  } catch (error) {
    if (!isVerdict(error)) throw error
    tell(`  the server refuses it: ${printableLines(sentenceOf(error))}`)
    return false
  }
  tell('  the server would take it')
  const who = { username: options.asker, groups: [...options.groups, 'system:authenticated'] }
  const sample: Sample = {
    ...{ template, who, namespace, labels: (await labelsOf(session.client, namespace)) ?? {}, now: Date.now() },
    spec: sampleRequest(template, options),
  }
  const { lines, isAllowed } = wouldGet(sample)
  tell(linesText(lines))
  tell(linesText([['server', await tryAs(session, options, sample)]]))
  return isAllowed
}

/**
 * True if the server judged the template. Any other failure is not about the template: a right is missing, or Sallyport.
 */
function isVerdict(error: unknown): boolean {
  if (!(error instanceof KubeApiError)) return false
  const { status, statusMessage = '' } = error
  switch (status) {
    case 400:
    case 422:
      return true
    case 403:
      return !statusMessage.includes(' cannot patch resource ')
    default:
      // An apply with a field that the schema does not have ends with status 500.
      return statusMessage.startsWith('failed to create typed patch object')
  }
}

/** Lets the server check a template, as the user applies it. Stores nothing. */
async function tryTemplate({ client }: CliSession, file: TemplateFile, namespace: string): Promise<AnyTemplate> {
  const { resource, check } = readable[file.kind]
  const where = resource.namespaced ? { namespace, name: file.metadata.name } : { name: file.metadata.name }
  const path = pathOf(resource, where)
  const stored = await client.call(path, {
    method: 'PATCH',
    query: { dryRun: 'All', fieldManager: 'kubectl-access', force: 'true', fieldValidation: 'Strict' },
    contentType: 'application/apply-patch+yaml',
    body: { ...file, metadata: { ...file.metadata, ...where } },
  })
  const object = readObject(`PATCH ${path}`, resource, stored)
  // A template that is not stored has none of these.
  const served = { resourceVersion: '', generation: 1, creationTimestamp: '', uid: 'none' }
  return typed<AnyTemplate>({ ...object, metadata: { ...served, ...object.metadata } }, check)
}

interface TemplateFile {
  readonly apiVersion: string
  readonly kind: 'AccessTemplate' | 'ClusterAccessTemplate'
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

async function contentOf(file: string): Promise<string> {
  try {
    return file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8')
  } catch (error) {
    throw new Refusal(say`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Reads the templates of a file. @throws Refusal if it has none, or is not YAML */
function templatesIn(content: string, file: string): readonly TemplateFile[] {
  const read = readYaml(content)
  if ('problem' in read) throw new Refusal(say`${file} is not YAML: ` + printableLines(read.problem))
  const templates = read.values.flatMap(itemsOf).filter(isTemplate)
  if (templates.length === 0) throw new Refusal(say`${file} has no AccessTemplate and no ClusterAccessTemplate.`)
  const nameless = templates.find(({ metadata }) => typeof fieldsOf(metadata)['name'] !== 'string')
  if (nameless) throw new Refusal(say`${file}: a ${nameless.kind} has no metadata.name.`)
  return templates
}

function itemsOf(object: unknown): readonly unknown[] {
  const { kind, items } = fieldsOf(object)
  return kind === 'List' && Array.isArray(items) ? (items as readonly unknown[]) : [object]
}

function isTemplate(object: unknown): object is TemplateFile {
  return isFields(object) && (object['kind'] === 'AccessTemplate' || object['kind'] === 'ClusterAccessTemplate')
}
