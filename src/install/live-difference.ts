import type { Manifest } from '../api/manifest.ts'
import type { OwnerReference } from '../api/owner-reference.ts'
import { canonicalDigest, canonicalJson } from '../decision/canonical-json.ts'
import { concealed, webhooksOf } from './secret-path.ts'
import { injectionAnnotation } from './webhook-configuration.ts'
import { fieldsOf, isFields, type Fields } from '../api/fields.ts'

/** An object of ours as the API server has it. */
export interface LiveObject {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly OwnerReference[]
    readonly annotations?: Readonly<Record<string, string>>
    readonly resourceVersion?: string
  }
  readonly [field: string]: unknown
}

// The API server fills these in if they are left out. Somebody has added anything else that is only in the live object.
const defaults: Fields = {
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  reinvocationPolicy: 'Never',
  // This one is of a CustomResourceDefinition.
  conversion: { strategy: 'None' },
}
const notContent = ['apiVersion', 'kind', 'metadata', 'status']

/**
 * Returns the differences between a live object and the rendered one, a sentence each. It compares all content, and our
 * labels and annotations. Those that others added decide nothing, and are theirs. Owners are compared, too, if the
 * rendered object has any. Without its owner an object would outlive an uninstall. A foreign owner would take the object
 * away, or keep it.
 */
export function differencesOf(wanted: Manifest, live: LiveObject): readonly string[] {
  const marks = (['labels', 'annotations'] as const).flatMap((field) =>
    Object.entries({ ...noInjectionOf(live, field), ...wanted.metadata[field] }).flatMap(([key, value]) =>
      compare(`metadata.${field}[${key}]`, value, live.metadata[field]?.[key]),
    ),
  )
  return [...compareFields('', contentOf(wanted), contentOf(live)), ...marks, ...compareOwners(wanted, live)]
}

/**
 * An annotation of cert-manager's CA injector hands `caBundle` to it. So such an annotation is never somebody else's:
 * one that we do not want must go.
 */
const injection = /^cert-manager\.io\/inject-/

function noInjectionOf(live: LiveObject, field: 'labels' | 'annotations'): Readonly<Record<string, undefined>> {
  const keys = field === 'annotations' ? Object.keys(injectionOf(live)) : []
  return Object.fromEntries(keys.map((key) => [key, undefined]))
}

/** Returns the annotations that have a CA injector of cert-manager keep `caBundle`. */
export function injectionOf({ metadata }: Pick<LiveObject, 'metadata'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => injection.test(key)))
}

function compareOwners(wanted: Manifest, live: LiveObject): readonly string[] {
  const { ownerReferences } = wanted.metadata
  if (ownerReferences === undefined) return []
  return compareLists('metadata.ownerReferences', ownerReferences, live.metadata.ownerReferences ?? [])
}

/**
 * Returns the digest of all that `differencesOf` may look at in a live object. The random parts of paths are left out:
 * Sallyport itself makes them anew from time to time.
 */
export function liveDigest(live: LiveObject): string {
  const { labels, annotations, ownerReferences } = live.metadata
  return canonicalDigest(concealed(canonicalJson({ ...contentOf(live), labels, annotations, ownerReferences })))
}

/** Returns the object that replaces the live one. It has the rendered content, and the metadata that others added. */
export function mended(wanted: Manifest, live: LiveObject): Manifest {
  const labels = { ...live.metadata.labels, ...wanted.metadata.labels }
  const others = Object.entries(live.metadata.annotations ?? {}).filter(([key]) => !injection.test(key))
  const annotations = { ...Object.fromEntries(others), ...wanted.metadata.annotations }
  return { ...wanted, metadata: { ...live.metadata, ...wanted.metadata, labels, annotations } }
}

/**
 * Returns the rendered object with the `caBundle` of the live one, if the CA is not known, or if cert-manager injects it.
 * Then something else writes it. A webhook that is missing from the live object gets the `caBundle` of another. If the CA
 * is not known, it is also not known if cert-manager injects it: that stays as it is.
 */
export function withLiveCaBundle(wanted: Manifest, live: LiveObject): Manifest {
  if (!hasWebhooks(wanted) || (knowsCa(wanted) && !isInjected(wanted))) return wanted
  const bundles = new Map(webhooksOf(live).map((webhook) => [webhook['name'], caBundleOf(webhook)]))
  const any = [...bundles.values()].find((bundle) => bundle !== undefined)
  const webhooks = webhooksOf(wanted).map((webhook) => {
    const caBundle = bundles.get(webhook['name']) ?? any
    return {
      ...webhook,
      clientConfig: { ...fieldsOf(webhook['clientConfig']), ...(caBundle !== undefined && { caBundle }) },
    }
  })
  if (knowsCa(wanted)) return { ...wanted, webhooks }
  const annotations = { ...injectionOf(live), ...wanted.metadata.annotations }
  return { ...wanted, metadata: { ...wanted.metadata, annotations }, webhooks }
}

/** Returns the object with the owner that takes it away at an uninstall. */
export function ownedBy(wanted: Manifest, owner: OwnerReference): Manifest {
  return { ...wanted, metadata: { ...wanted.metadata, ownerReferences: [owner] } }
}

/** Returns true if the object can be made again. The API server could not call a webhook without its CA. */
export function canBeMade(wanted: Manifest): boolean {
  return !hasWebhooks(wanted) || knowsCa(wanted)
}

/**
 * Returns true if only the installer may change the object. If an older replica put its own CRDs back, the API server
 * would drop the fields of a newer version. And Sallyport would need the right to write CRDs.
 */
export function isInstallersOwn({ kind }: Manifest): boolean {
  return kind === 'CustomResourceDefinition'
}

/** Returns true if cert-manager writes the CAs of the object. */
function isInjected({ metadata }: Manifest): boolean {
  return metadata.annotations?.[injectionAnnotation] !== undefined
}

/** Returns true for a webhook configuration. */
export function hasWebhooks(manifest: Manifest): boolean {
  return 'webhooks' in manifest
}

function knowsCa(manifest: Manifest): boolean {
  return webhooksOf(manifest).every((webhook) => caBundleOf(webhook) !== undefined)
}

function caBundleOf(webhook: Fields): unknown {
  return fieldsOf(webhook['clientConfig'])['caBundle']
}

function contentOf(object: Fields): Fields {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !notContent.includes(field)))
}

function compare(path: string, wanted: unknown, live: unknown): readonly string[] {
  if (Array.isArray(wanted) && Array.isArray(live)) return compareLists(path, wanted, live)
  if (isFields(wanted) && isFields(live)) return compareFields(`${path}.`, wanted, live)
  return wanted === live || isDropped(wanted, live) ? [] : [`${path} is ${shown(live)}, and should be ${shown(wanted)}`]
}

/** Returns true if the API server dropped an empty list or object. It does so with fields that may be left out. */
function isDropped(wanted: unknown, live: unknown): boolean {
  return live === undefined && typeof wanted === 'object' && wanted !== null && Object.keys(wanted).length === 0
}

function compareFields(prefix: string, wanted: Fields, live: Fields): readonly string[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(live)])].flatMap((field) =>
    compare(prefix + field, wanted[field] ?? (field in live ? defaults[field] : undefined), live[field]),
  )
}

/**
 * Compares two lists. Named elements are compared by name, so that an added one is one difference, and not one for each
 * after it.
 */
function compareLists(path: string, wanted: readonly unknown[], live: readonly unknown[]): readonly string[] {
  const [ours, theirs] = [keyed(wanted), keyed(live)]
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((key) =>
    compare(`${path}[${key}]`, ours.get(key), theirs.get(key)),
  )
}

function keyed(list: readonly unknown[]): ReadonlyMap<string, unknown> {
  return new Map(list.map((element, index) => [nameOf(element) ?? String(index), element]))
}

/** Returns the name of a list's element. Two owners may have the same name, but not the same uid. */
function nameOf(element: unknown): string | undefined {
  const { name, uid } = fieldsOf(element)
  if (typeof name !== 'string') return undefined
  return typeof uid === 'string' ? `${name} (uid ${uid})` : name
}

// Long enough for most expressions, short enough for a line of a log.
const maxShown = 300

function shown(value: unknown): string {
  if (value === undefined) return 'absent'
  // A random part of a path must not be in a log.
  const text = concealed(JSON.stringify(value))
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text
}
