import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Client } from '../../src/cluster/client/client.ts'
import { isOwnField, ownContainerFields } from '../../src/provision/shell/template/own-fields.ts'
import {
  safeContainerFields,
  safePodFields,
  safeSecurityFields,
} from '../../src/provision/shell/dangers/safe-fields.ts'
import { clientOf } from '../fixtures/api-client.ts'

// If a newer Kubernetes brings a new field, shell pods refuse it until somebody has looked at it. This test finds such
// fields.

interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, { readonly properties: object }>> }
}

let admin: Client
let served: OpenApi

beforeAll(async () => {
  admin = clientOf('admin')
  served = (await admin.call('/openapi/v3/api/v1')) as OpenApi
})
afterAll(() => admin.close())

test.each<[string, (field: string) => boolean]>([
  ['PodSpec', (field) => safePodFields.has(field) || isOwnField(['spec', field])],
  ['Container', (field) => safeContainerFields.has(field) || ownContainerFields.some((own) => own === field)],
  ['PodSecurityContext', (field) => safeSecurityFields.has(field)],
  ['SecurityContext', (field) => safeSecurityFields.has(field)],
])('each field of %s is known', (kind, isKnown) => {
  const fields = Object.keys(served.components.schemas[`io.k8s.api.core.v1.${kind}`]?.properties ?? {})

  expect(fields.length).toBeGreaterThan(10)
  expect(fields.filter((field) => !isKnown(field))).toEqual([])
})
