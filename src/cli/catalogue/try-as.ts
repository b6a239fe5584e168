import { accessRequestKind } from '../../api/kinds/access-request.ts'
import { readable } from '../../api/schema/readable.ts'
import { iMay } from '../../cluster/client/access-review.ts'
import { KubeApiError } from '../../cluster/client/api-error.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'
import { say } from '../../decision/text/sentence.ts'
import { inSession, type CliSession } from '../connection/session.ts'
import { sentenceOf } from '../output/failure.ts'
import { generatedName, tryCreateObject } from '../request/create-object.ts'
import type { TestTemplateOptions } from './templates-verb.ts'
import type { Sample } from './would-get.ts'

/**
 * Lets the server try the request as the user who would ask, and says what it answers. Says why if that cannot be tried:
 * the template must be stored, and somebody must be allowed to impersonate.
 */
export async function tryAs(
  { client }: CliSession,
  {
    file: _file,
    asker,
    groups,
    reason: _reason,
    duration: _duration,
    attribute: _attribute,
    param: _param,
    ...choice
  }: TestTemplateOptions,
  { template, namespace, spec }: Sample,
): Promise<string> {
  const { metadata, kind } = template
  const where = kind === 'AccessTemplate' ? { namespace, name: metadata.name } : { name: metadata.name }
  const stored = await client.get(readable[kind].resource, where)
  if (!stored) return 'not tried: the template is not stored yet'
  if (offered(stored) !== offered(template)) return 'not tried: another version of the template is stored'
  const impersonated = [
    { resource: 'users', name: asker },
    ...groups.map((group) => ({ resource: 'groups', name: group })),
  ]
  for (const one of impersonated) {
    const may = await iMay(client, { verb: 'impersonate', group: '', ...one }, AbortSignal.timeout(reviewMs))
    if (!may) return say`not tried: you may not impersonate ${one.resource} ${one.name}`
  }
  return inSession({ ...choice, as: asker, asGroup: groups }, async (asAsker) => {
    try {
      const object = { metadata: { namespace, generateName: generatedName(`test-${metadata.name}`) }, spec }
      await tryCreateObject(asAsker.client, accessRequestKind, object)
      return say`takes it from ${asker} (dry run)`
    } catch (error) {
      return answerText(error, asker)
    }
  })
}

const reviewMs = 10_000

function answerText(error: unknown, asker: string): string {
  if (!(error instanceof KubeApiError)) throw error
  // RBAC comes before admission. So the user may ask, and the gate only refuses the impersonation.
  if (error.statusMessage?.includes('(E_IMPERSONATED)'))
    return say`RBAC lets ${asker} ask there; its gate takes no request by impersonation, so it was asked no more`
  return `refuses it: ${sentenceOf(error)}`
}

function offered(template: object): string {
  const { spec } = template as { readonly spec?: object }
  return canonicalJson({ ...spec, author: undefined })
}
