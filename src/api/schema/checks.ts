import { AccessGrant } from '../kinds/access-grant.ts'
import { AccessPass } from '../kinds/access-pass.ts'
import { AccessRecord } from '../kinds/access-record.ts'
import { AccessRequest } from '../kinds/access-request.ts'
import { AccessTemplate, ClusterAccessTemplate } from '../kinds/access-template.ts'
import { Pod } from '../pod.ts'
import { validator } from './schema-check.ts'

// An object that is read live is held against its schema: one written by another version may be anything.

export const checkRequest = validator(AccessRequest, 'request')
export const checkGrant = validator(AccessGrant, 'grant')
export const checkPass = validator(AccessPass, 'pass')
export const checkTemplate = validator(AccessTemplate, 'template')
export const checkClusterTemplate = validator(ClusterAccessTemplate, 'template')
export const checkRecord = validator(AccessRecord, 'record')
export const checkPod = validator(Pod, 'pod')
