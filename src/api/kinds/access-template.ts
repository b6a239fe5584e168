import { Type, type Static } from 'typebox'
import { AccessTemplateSpec, ClusterAccessTemplateSpec } from './access-template-spec.ts'
import { text } from '../schema/schema.ts'
import { Conditions } from './condition.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { ClusterMetadata, Metadata } from './metadata.ts'

/** Written by the controller alone. */
const AccessTemplateStatus = Type.Object({
  access: Type.Optional(text(256, { description: 'What it offers, in a few words: `exec Deployment/web`.' })),
  approvals: Type.Optional(
    text(256, { description: 'Who or what must approve, in a few words: `2 sre + 1 security`.' }),
  ),
  hours: Type.Optional(
    text(256, { description: 'When access may begin, in a few words: `Mon-Fri 09:00-18:00 Europe/Berlin`.' }),
  ),
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
    { name: 'Access', type: 'string', jsonPath: '.status.access', description: 'What it offers.' },
    { name: 'Approvals', type: 'string', jsonPath: '.status.approvals', description: 'Who or what must approve.' },
    { name: 'Hours', type: 'string', jsonPath: '.status.hours', description: 'When access may begin.' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Max', type: 'string', jsonPath: '.spec.duration.max', priority: 1 },
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
