import { Type, type Static } from 'typebox'
import { schemaCheck } from '../../../api/schema/schema-check.ts'
import { say } from '../../../decision/text/sentence.ts'

/** The paths of fields that hold the pod template in objects of a kind, such as `spec.template`. */
export interface PodTemplatePaths {
  readonly podTemplate: string
  /**
   * The path of a reference to another workload. That workload's pod template counts if the object has none of its own.
   */
  readonly workloadRef?: string | undefined
}

/** A reference to another workload of the same namespace, as Argo's Rollout has it in `spec.workloadRef`. */
const Reference = Type.Object({
  apiVersion: Type.String({ minLength: 1 }),
  kind: Type.String({ minLength: 1 }),
  name: Type.String({ minLength: 1 }),
})

export type Reference = Static<typeof Reference>

/** The pod template of an object as it is stored, or a reference to the object that has it, or else the problem. */
type PodTemplateIn =
  | { readonly found: 'template'; readonly template: unknown }
  | { readonly found: 'reference'; readonly reference: Reference }
  | { readonly found: 'nothing'; readonly problem: string }

const checkReference = schemaCheck(Reference, 'reference')

export function podTemplateIn(object: object, { podTemplate, workloadRef }: PodTemplatePaths): PodTemplateIn {
  const template = valueAt(object, podTemplate)
  if (isThere(template)) return { found: 'template', template }
  const reference = workloadRef === undefined ? undefined : valueAt(object, workloadRef)
  if (!isThere(reference)) return { found: 'nothing', problem: nothingAt(podTemplate, workloadRef) }
  const checked = checkReference(reference)
  if (checked.ok) return { found: 'reference', reference: checked.value }
  const wrong = checked.problems.map((problem) => problem.replace(/^reference/, workloadRef ?? ''))
  return { found: 'nothing', problem: wrong.join('; ') }
}

function nothingAt(podTemplate: string, workloadRef: string | undefined): string {
  const absent = say`${podTemplate} is absent`
  return workloadRef === undefined ? absent : absent + say`, and so is ${workloadRef}`
}

// Clients write `null` for a field that they leave out.
function isThere(value: unknown): boolean {
  return value !== undefined && value !== null
}

function valueAt(object: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, field) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined
    return (value as Readonly<Record<string, unknown>>)[field]
  }, object)
}
