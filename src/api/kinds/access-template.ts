import { Type, type Static } from 'typebox'
import { AccessTemplateSpec, ClusterAccessTemplateSpec } from './access-template-spec.ts'
import { Conditions } from './condition.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { ClusterMetadata, Metadata } from './metadata.ts'

/** Written by the controller alone. */
const AccessTemplateStatus = Type.Object({
  conditions: Type.Optional(Conditions),
  observedGeneration: Type.Optional(Type.Integer({ minimum: 0 })),
})

/** What may be asked in one namespace. */
export const AccessTemplate = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessTemplate'),
    metadata: Metadata,
    spec: AccessTemplateSpec,
    status: Type.Optional(AccessTemplateStatus),
  },
  { description: 'An access that may be asked for in its namespace: what, by whom and how.' },
)

/** What may be asked in many namespaces. */
export const ClusterAccessTemplate = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('ClusterAccessTemplate'),
    metadata: ClusterMetadata,
    spec: ClusterAccessTemplateSpec,
    status: Type.Optional(AccessTemplateStatus),
  },
  { description: 'An access that may be asked for in the namespaces that it names: what, by whom and how.' },
)

const shared = {
  apiVersion,
  categories: ['access'],
  printColumns: [
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Target', type: 'string', jsonPath: '.spec.access.*.target.name' },
    { name: 'Max', type: 'string', jsonPath: '.spec.duration.max' },
    { name: 'Description', type: 'string', jsonPath: '.spec.description', priority: 1 },
    age,
  ],
  selectableFields: [],
} as const

export const accessTemplateKind = {
  ...shared,
  kind: 'AccessTemplate',
  plural: 'accesstemplates',
  singular: 'accesstemplate',
  namespaced: true,
  shortNames: ['atmpl'],
  schema: AccessTemplate,
} as const satisfies Kind

export const clusterAccessTemplateKind = {
  ...shared,
  kind: 'ClusterAccessTemplate',
  plural: 'clusteraccesstemplates',
  singular: 'clusteraccesstemplate',
  namespaced: false,
  shortNames: ['catmpl'],
  schema: ClusterAccessTemplate,
} as const satisfies Kind

export type AccessTemplate = Static<typeof AccessTemplate>
export type ClusterAccessTemplate = Static<typeof ClusterAccessTemplate>
export type AnyTemplate = AccessTemplate | ClusterAccessTemplate
