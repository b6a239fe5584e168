import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { clientConfigAt } from '../../src/install/client-config.ts'
import { webhookConfigurations } from '../../src/install/webhook-configuration.ts'
import { allMatches } from '../../webhooks/all.ts'
import { clientOf } from '../fixtures/api-client.ts'

const resource = resources.ValidatingWebhookConfiguration

let admin: Client

beforeAll(() => {
  admin = clientOf('admin')
})
afterAll(() => admin.close())

test.each(['Deny', 'Record'] as const)(
  'the API server takes as many names as the config does, with %s',
  async (impersonation) => {
    const subjects = Array.from({ length: 64 }, (_, index) => ({
      kind: index % 2 === 0 ? ('User' as const) : ('Group' as const),
      name: `${index}"\\\n🧯`.padEnd(512, '"'),
    }))
    const proofKeys = Array.from({ length: 16 }, (_, index) => `${index}'"\\]`.padEnd(256, '"'))
    const matches = allMatches({ breakGlass: { subjects }, identity: { proofKeys, impersonation } })
    const [, configuration] = webhookConfigurations(matches, {
      enforcement: 'Enforce',
      excludedNamespaces: [],
      clientConfig: clientConfigAt({ calledAt: 'Service' }),
    })

    const body = { ...configuration, metadata: { name: 'break-glass-condition' } }
    const taken = await admin.call(pathOf(resource), { method: 'POST', query: { dryRun: 'All' }, body })

    expect(taken).toMatchObject({ webhooks: configuration?.['webhooks'] })
  },
)
