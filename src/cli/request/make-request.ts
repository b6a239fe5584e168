import { accessRequestKind, type AccessRequest } from '../../api/kinds/access-request.ts'
import type { AnyTemplate } from '../../api/kinds/access-template.ts'
import { say } from '../../decision/text/sentence.ts'
import type { CliSession } from '../connection/session.ts'
import { warn } from '../output/output.ts'
import type { NewRequest } from './asked-request.ts'
import { withAnswersBeside } from './ask-missing.ts'
import { createObject } from './create-object.ts'
import { asRequest, templateOf } from './read-request.ts'

/** A request that was made, and its template, if the user may see it. */
export interface MadeRequest {
  readonly request: AccessRequest
  readonly template: AnyTemplate | undefined
}

/**
 * Asks for what a request lacks, makes it, and says so.
 * @param reads True if stdin belongs to a command that runs afterwards.
 */
export async function makeRequest(
  { client }: CliSession,
  wanted: NewRequest,
  reads: { readonly readsStdin: boolean },
): Promise<MadeRequest> {
  const template = await templateOf(client, wanted)
  const complete = await withAnswersBeside(reads, wanted, template)
  const request = asRequest(await createObject(client, accessRequestKind, complete))
  warn(madeText(request))
  return { request, template }
}

/** Says which request was made, and under which template. */
export function madeText({ metadata, spec: { templateRef } }: AccessRequest): string {
  const under = templateRef ? say`under ${templateRef.kind} ${templateRef.name}` : 'without a template'
  return say`Request ${metadata.name} was made ` + `${under}.`
}
