import { AccessGrant } from '../kinds/access-grant.ts'
import { AccessPass } from '../kinds/access-pass.ts'
import { AccessRecord } from '../kinds/access-record.ts'
import { AccessRequest } from '../kinds/access-request.ts'
import { AccessTemplate, ClusterAccessTemplate } from '../kinds/access-template.ts'
import { Pod } from '../pod.ts'
import { schemaCheck } from './schema-check.ts'

// Every object that is read live is checked against its schema, because another version may have written anything.

export const checkRequest = schemaCheck(AccessRequest, 'request')
export const checkGrant = schemaCheck(AccessGrant, 'grant')
export const checkPass = schemaCheck(AccessPass, 'pass')
export const checkTemplate = schemaCheck(AccessTemplate, 'template')
export const checkClusterTemplate = schemaCheck(ClusterAccessTemplate, 'template')
export const checkRecord = schemaCheck(AccessRecord, 'record')
export const checkPod = schemaCheck(Pod, 'pod')
