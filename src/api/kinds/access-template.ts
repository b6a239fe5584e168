import { Type, type Static } from 'typebox'
import { AccessTemplateSpec, ClusterAccessTemplateSpec } from './access-template-spec.ts'
import { text } from '../schema/schema.ts'
import { Conditions } from './condition.ts'
import { age, apiVersion, type Kind } from './kind.ts'
import { ClusterMetadata, Metadata } from './metadata.ts'

/** The status of a template. Only the controller writes it. */
const AccessTemplateStatus = Type.Object(
  {
    access: Type.Optional(
      text(256, { description: 'Says in a few words what the template offers: `exec Deployment/web`.' }),
    ),
    approvals: Type.Optional(
      text(256, { description: 'Says in a few words who or what must approve: `2 sre + 1 security`.' }),
    ),
    hours: Type.Optional(
      text(256, { description: 'Says in a few words when access may begin: `Mon-Fri 09:00-18:00 Europe/Berlin`.' }),
    ),
    conditions: Type.Optional(Conditions),
    observedGeneration: Type.Optional(
      Type.Integer({ minimum: 0, description: 'The generation of the template that this status is about.' }),
    ),
  },
  { description: 'Says if the template can be used. Only Sallyport writes it.' },
)

/** A template that offers an access in one namespace. */
export const AccessTemplate = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('AccessTemplate'),
    metadata: Metadata,
    spec: AccessTemplateSpec,
    status: Type.Optional(AccessTemplateStatus),
  },
  { description: 'Offers an access in its own namespace: what may be asked for, by whom and how.' },
)

/** A template that offers an access in many namespaces. */
export const ClusterAccessTemplate = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('ClusterAccessTemplate'),
    metadata: ClusterMetadata,
    spec: ClusterAccessTemplateSpec,
    status: Type.Optional(AccessTemplateStatus),
  },
  { description: 'Offers an access in the namespaces that it names: what may be asked for, by whom and how.' },
)

const shared = {
  apiVersion,
  categories: ['access'],
  printColumns: [
    { name: 'Access', type: 'string', jsonPath: '.status.access', description: 'What it offers.' },
    { name: 'Approvals', type: 'string', jsonPath: '.status.approvals', description: 'Who or what must approve.' },
    { name: 'Hours', type: 'string', jsonPath: '.status.hours', description: 'When access may begin.' },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    age,
    { name: 'Max', type: 'string', jsonPath: '.spec.duration.max', priority: 1 },
    { name: 'Description', type: 'string', jsonPath: '.spec.description', priority: 1 },
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
