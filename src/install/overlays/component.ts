import type { Manifest } from '../../api/manifest.ts'

/** A component of kustomize: a change of the installation that can be combined with others. */
export interface Component {
  readonly name: string
  /** The head of its kustomization, for the person who applies it. */
  readonly about: string
  readonly objects: readonly Manifest[]
  /** Strategic merge patches of the installation's objects. */
  readonly patches: readonly Patch[]
}

interface Patch {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly [field: string]: unknown
}

/** Returns a patch of an object that has these fields. All other fields stay as they are. */
export function patchOf({ apiVersion, kind, metadata }: Manifest, fields: object): Patch {
  const { name, namespace } = metadata
  if (namespace === undefined) throw new Error(`the ${kind} ${name} has no namespace: patch an object that has one`)
  return { apiVersion, kind, metadata: { name, namespace }, ...fields }
}
