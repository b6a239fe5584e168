import { accessGrantKind } from './access-grant.ts'
import { accessPassKind } from './access-pass.ts'
import { accessRecordKind } from './access-record.ts'
import { accessRequestKind } from './access-request.ts'
import { accessTemplateKind, clusterAccessTemplateKind } from './access-template.ts'
import type { Kind } from './kind.ts'

/** Every kind of ours: its CRD and its section in docs/kinds.md are made from this list. */
export const allKinds: readonly Kind[] = [
  accessTemplateKind,
  clusterAccessTemplateKind,
  accessRequestKind,
  accessGrantKind,
  accessPassKind,
  accessRecordKind,
]
