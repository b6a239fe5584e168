import type { Fields, StringMap } from '../../api/fields.ts'
import type { Reader } from './read/reader.ts'

/** The systems whose objects are read. The last one is RBAC that gives rights on the kinds of the others. */
export const systems = ['Oz', 'kube-request-access', 'kudo', 'podconfig-operator', 'Kubernetes'] as const

/** An object of Sallyport or of RBAC, as `kubectl apply` takes it. */
export interface Made {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name?: string
    readonly generateName?: string
    readonly namespace?: string
    readonly labels?: StringMap
    readonly annotations?: StringMap
  }
  readonly [field: string]: unknown
}

/** The result of a conversion. Objects that an administrator applies are apart from those of the person who asks. */
export interface Converted {
  readonly objects?: readonly Made[]
  /** Requests. Their requestor is the person who applies them. */
  readonly requests?: readonly Made[]
  /** Fields of Sallyport's config. Lists of several objects are joined. */
  readonly config?: Readonly<Record<string, readonly unknown[]>>
}

/** All objects of the files, for conversions that look at more than one. */
export interface Context {
  readonly objects: readonly Fields[]
  find(kind: string, name: string, namespace?: string): Fields | undefined
}

/** A line of docs/migrate.md: a field of the source, and the field that it becomes. */
export interface FieldRow {
  /** The path without indexes. It stands for all fields below it that have no row of their own. */
  readonly from: string
  /** The field of Sallyport. Left out: there is none. */
  readonly to?: string
  /** Says how it is converted, or why it cannot be. */
  readonly how?: string
}

/** One kind of a source, and its conversion. */
export interface Source {
  readonly system: (typeof systems)[number]
  readonly groups: readonly string[]
  readonly kind: string
  /** The kinds that it becomes, in words for docs/migrate.md. */
  readonly becomes: string
  readonly fields: readonly FieldRow[]
  /** True if the object is about one of the four systems. Left out: every object of the kind is. */
  readonly concerns?: (object: Fields, context: Context) => boolean
  /** Reads all fields of an object that mean something, and says what cannot be converted. */
  readonly convert: (object: Reader, context: Context) => Converted
}

/** The API groups of the four systems. */
export const groupsOf = {
  // The README of Oz has the second one. No release of Oz serves it.
  oz: ['crds.wizardofoz.co', 'wizardofoz.io'],
  kra: ['spreadgroup.com'],
  kudo: ['k8s.kudo.dev'],
  podconfig: ['podconfig.opdev.io'],
} as const

export const sourceGroups: readonly string[] = Object.values(groupsOf).flat()

/** The apiVersions of the groups above that some release or page of their system has. */
export const sourceVersions: readonly string[] = [
  'crds.wizardofoz.co/v1alpha1',
  'wizardofoz.io/v1alpha',
  'spreadgroup.com/v1',
  'k8s.kudo.dev/v1alpha1',
  'podconfig.opdev.io/v1alpha1',
]

/** The apiVersions of the kinds of Kubernetes that are read. */
export const builtInVersions: readonly string[] = [
  'apps/v1',
  'rbac.authorization.k8s.io/v1',
  'apiextensions.k8s.io/v1',
  'admissionregistration.k8s.io/v1',
]
