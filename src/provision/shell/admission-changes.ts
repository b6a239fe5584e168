import type { Container, PodTemplate } from '../../api/pod-template.ts'
import { canonicalJson } from '../../decision/canonical-json.ts'
import { say } from '../../decision/text/sentence.ts'
import { isFields } from '../../api/fields.ts'

// A reviewer does not read more than this.
const maxTold = 12

/**
 * Returns what the cluster's admission changed in a pod, for reviewers. These are images and fields that Sallyport set,
 * and containers that were added. All else that admission adds is mostly defaults, and is left out.
 */
export function admissionChanges(asked: PodTemplate, admitted: PodTemplate): readonly string[] {
  const before = containersOf(asked)
  const after = containersOf(admitted)
  const changes = [
    ...[...before].flatMap(([name, container]) => containerChanges(container, after.get(name))),
    ...[...after].filter(([name]) => !before.has(name)).map(([, one]) => added(one)),
    ...changedFields(labelsAndSpec(asked), labelsAndSpec(admitted)).map((field) => say`changed ${field}`),
  ]
  const more = changes.length - maxTold
  return more > 0 ? [...changes.slice(0, maxTold), `and ${more} more`] : changes
}

function containersOf({ spec }: PodTemplate): ReadonlyMap<string, Container> {
  return new Map([...spec.containers, ...(spec.initContainers ?? [])].map((one) => [one.name, one]))
}

function added({ name, image = '' }: Container): string {
  return say`added container ${name} (image ${image})`
}

function containerChanges(asked: Container, admitted: Container | undefined): readonly string[] {
  // The API server rewrites amounts: 1000m becomes 1.
  const { name, image: before = '', resources, ...rest } = asked
  if (!admitted) return [say`removed container ${name}`]
  const { image: after = '' } = admitted
  return [
    ...(before === after ? [] : [say`changed the image of container ${name} from ${before} to ${after}`]),
    ...changedFields(rest, admitted).map((field) => say`changed ${field} of container ${name}`),
  ]
}

function labelsAndSpec({ metadata, spec }: PodTemplate): object {
  const { containers, initContainers, ...rest } = spec
  return { labels: metadata?.labels, ...rest }
}

/**
 * Returns the fields that differ from what was asked. An addition within a field does not count, and lists may grow.
 */
function changedFields(asked: object, admitted: object): readonly string[] {
  const there: Readonly<Record<string, unknown>> = { ...admitted }
  return Object.entries(asked)
    .filter(([field, value]) => !isWithin(value, there[field]))
    .map(([field]) => field)
}

function isWithin(asked: unknown, admitted: unknown): boolean {
  // The API server leaves out empty values.
  if (!asked && admitted === undefined) return true
  if (Array.isArray(asked)) {
    if (!Array.isArray(admitted)) return asked.length === 0
    return asked.every((item: unknown) => admitted.some((one: unknown) => isWithin(item, one)))
  }
  if (isFields(asked)) {
    const fields = Object.entries(asked)
    if (!isFields(admitted)) return fields.length === 0
    return fields.every(([field, value]) => isWithin(value, admitted[field]))
  }
  return canonicalJson(asked ?? null) === canonicalJson(admitted ?? null)
}
