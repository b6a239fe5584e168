import { checkClusterTemplate, checkRequest, checkTemplate } from '../../api/schema/checks.ts'
import type { Note } from './note.ts'
import type { Made } from './source.ts'

// The schemas are those of objects as the API server serves them.
const served = {
  uid: 'not-stored-yet',
  resourceVersion: '0',
  generation: 1,
  creationTimestamp: '1970-01-01T00:00:00Z',
  name: '',
  namespace: '',
}

const checks: Readonly<Record<string, typeof checkTemplate | typeof checkClusterTemplate | typeof checkRequest>> = {
  AccessTemplate: checkTemplate,
  ClusterAccessTemplate: checkClusterTemplate,
  AccessRequest: checkRequest,
}

const maxName = 253
const objectName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Returns why the API server would refuse the objects that were made. */
export function problemsOf(made: readonly Made[]): readonly Note[] {
  return made.flatMap((one) => [...schemaProblems(one), ...nameProblems(one)])
}

function schemaProblems(made: Made): readonly Note[] {
  const result = checks[made.kind]?.({ ...made, metadata: { ...served, ...made.metadata } })
  if (!result || result.ok) return []
  return result.problems.map((problem) => ({
    path: '',
    effect: 'NoEqual',
    why: `Sallyport would refuse the ${made.kind} that came of it: ${problem}`,
    remedy: 'Change the field that it comes from, or divide the object',
  }))
}

function nameProblems({ kind, metadata: { name, generateName } }: Made): readonly Note[] {
  const whole = name ?? `${generateName ?? ''}x`
  if (whole.length <= maxName && objectName.test(whole)) return []
  return [{ path: 'metadata.name', value: whole, effect: 'NoEqual', why: `no ${kind} can have this name` }]
}
