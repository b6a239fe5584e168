import { checkClusterTemplate, checkGrant, checkPass, checkRequest, checkTemplate } from './checks.ts'
import { accessGrantKind } from '../kinds/access-grant.ts'
import { accessPassKind } from '../kinds/access-pass.ts'
import { accessRequestKind } from '../kinds/access-request.ts'
import { accessTemplateKind, clusterAccessTemplateKind } from '../kinds/access-template.ts'

/**
 * Our kinds as they are read live, each with the check of its schema. Templates stand under the kind that a templateRef
 * names.
 */
export const readable = {
  request: { resource: accessRequestKind, check: checkRequest },
  grant: { resource: accessGrantKind, check: checkGrant },
  pass: { resource: accessPassKind, check: checkPass },
  AccessTemplate: { resource: accessTemplateKind, check: checkTemplate },
  ClusterAccessTemplate: { resource: clusterAccessTemplateKind, check: checkClusterTemplate },
} as const
