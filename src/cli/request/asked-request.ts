import type { AccessName } from '../../api/accesses.ts'
import type { AccessRequestSpec, TemplateRef } from '../../api/kinds/access-request-spec.ts'
import { toMicroTime } from '../../api/micro-time.ts'
import { type NewObject, generatedName } from './create-object.ts'
import type { AskOptions } from './ask-options.ts'
import { startTime } from './start-time.ts'

interface RequestParts {
  readonly namespace: string
  /** The beginning of the name, if none is given. */
  readonly beginning: string
  /** The part of spec that names the access. */
  readonly access: Pick<AccessRequestSpec, AccessName>
}

/** An AccessRequest to create. */
export interface NewRequest extends NewObject {
  readonly spec: Pick<AccessRequestSpec, 'templateRef' | 'reason' | 'attributes' | AccessName>
}

/** Builds an AccessRequest from the options that every request takes. */
export function askedRequest(options: AskOptions, { namespace, beginning, access }: RequestParts): NewRequest {
  const { name, reason, duration, attribute, at } = options
  const begins = at === undefined ? undefined : startTime(at, Date.now())
  const templateRef = templateRefOf(options)
  return {
    metadata: { namespace, ...(name === undefined ? { generateName: generatedName(beginning) } : { name }) },
    spec: {
      ...(templateRef && { templateRef }),
      ...(reason !== undefined && { reason }),
      ...(duration !== undefined && { duration }),
      ...(begins !== undefined && { startAt: toMicroTime(begins) }),
      ...(attribute && { attributes: attribute }),
      ...access,
    },
  }
}

/** True if both name the same template, or neither names one. */
export function isSameTemplate(one: TemplateRef | undefined, other: TemplateRef | undefined): boolean {
  return one?.kind === other?.kind && one?.name === other?.name
}

/** Returns the template that the user named. */
export function templateRefOf({
  template,
  clusterTemplate,
}: Pick<AskOptions, 'template' | 'clusterTemplate'>): TemplateRef | undefined {
  if (template !== undefined) return { kind: 'AccessTemplate', name: template }
  return clusterTemplate === undefined ? undefined : { kind: 'ClusterAccessTemplate', name: clusterTemplate }
}
