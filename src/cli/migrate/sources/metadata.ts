import type { StringMap } from '../../../api/fields.ts'
import type { Reader } from '../read/reader.ts'
import type { FieldRow, Made } from '../source.ts'
import { filled } from './filled.ts'

/** Fields that the API server writes. */
const served = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
]

/** Labels and annotations that tools write about the object itself, and not about its copy. */
const ofTools: readonly { readonly begin: string; readonly why: string }[] = [
  { begin: 'app.kubernetes.io/managed-by', why: 'the tool that made the old object did not make the new one' },
  { begin: 'helm.sh/', why: 'Helm acts on it, and the new object is not in a chart' },
  { begin: 'meta.helm.sh/', why: 'Helm acts on it, and the new object is not in a chart' },
]

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
const ignored = { effect: 'Ignored', why: 'the cluster writes it' } as const

/** The lines of docs/migrate.md about the metadata of every object. */
export const metadataRows: readonly FieldRow[] = [
  { from: 'metadata.name, generateName, namespace', to: 'metadata' },
  {
    from: 'metadata.labels, annotations',
    to: 'metadata',
    how: 'without those that Helm and kubectl write about the old object',
  },
  { from: 'metadata.ownerReferences, finalizers', how: 'the old system removes objects by them' },
  { from: 'status, other fields of metadata', how: 'the cluster writes them' },
]

/**
 * Reads the metadata of an object.
 * @param suffix is put behind the name
 */
export function metadataOf(object: Reader, suffix = ''): Made['metadata'] {
  const metadata = object.object('metadata')
  for (const field of served) {
    metadata.whole(field)
    if (metadata.has(field)) metadata.tell(field, ignored)
  }
  for (const field of ['ownerReferences', 'finalizers']) {
    if (metadata.has(field)) metadata.tell(field, { effect: 'NoEqual', why: 'the old system removes the object by it' })
  }
  return {
    ...nameOf(metadata, suffix),
    ...filled('namespace', metadata.text('namespace')),
    ...filled('labels', kept(metadata, 'labels')),
    ...filled('annotations', kept(metadata, 'annotations')),
  }
}

function nameOf(metadata: Reader, suffix: string): Pick<Made['metadata'], 'name' | 'generateName'> {
  if (metadata.has('name')) {
    if (metadata.has('generateName')) metadata.tell('generateName', { effect: 'Ignored', why: 'it has a name' })
    return { name: safeName(metadata, 'name') + suffix }
  }
  if (metadata.has('generateName')) return { generateName: safeName(metadata, 'generateName') }
  metadata.refuse('name', 'it is missing')
  return {}
}

function safeName(metadata: Reader, field: 'name' | 'generateName'): string {
  const given = metadata.need(field)
  const safe = namedSafely(given)
  if (safe !== given) {
    metadata.tell(field, { effect: 'Differs', why: `no object of Kubernetes can have this name; it became ${safe}` })
  }
  return safe
}

/** Returns a name that the API server takes. Some examples of Oz have capitals in names. */
export function namedSafely(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .replace(/^[.-]+/, '')
}

/** Returns the labels or annotations of the new object. */
function kept(metadata: Reader, field: 'labels' | 'annotations'): StringMap {
  const map = metadata.map(field) ?? {}
  const inner = metadata.object(field)
  const entries = Object.entries(map).filter(([key]) => {
    if (key === lastApplied) inner.tell(key, ignored)
    const tool = ofTools.find(({ begin }) => key.startsWith(begin))
    if (tool) inner.tell(key, { effect: 'NoEqual', why: tool.why })
    return key !== lastApplied && !tool
  })
  return Object.fromEntries(entries)
}
