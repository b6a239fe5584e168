import { beforeAll, expect, test } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import fc from 'fast-check'
import type { Client } from '../../src/cluster/client/client.ts'
import { pathOf } from '../../src/cluster/client/resource.ts'
import { resources } from '../../src/cluster/client/resources.ts'
import { celStrings } from '../../src/install/cel.ts'
import { refusal } from '../fixtures/api-client.ts'
import { until } from '../fixtures/until.ts'
import { openScene, type Scene } from './this-cluster.ts'

// Only CEL can say whether a text is quoted well. Here it is the API server's own CEL, in a policy that lets nothing
// else pass.
const awkward = [
  '',
  '"',
  "'",
  '\\',
  '\\"',
  '\\\\"',
  '\n',
  '\r\n',
  '\u0000',
  '\u2028',
  '🧯',
  '"]) || true || ("',
  '\\u0061',
  '{{a}}',
]
const texts = [
  ...awkward,
  ...fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), 300),
  ...fc.sample(fc.string(), 100),
].map(
  // YAML and JSON carry only well-formed text.
  (text) => text.toWellFormed(),
)

let scene: Scene
let admin: Client
let name: string

beforeAll(async () => {
  scene = await openScene('cel-string')
  ;({ admin, namespace: name } = scene)
})
inTheEnd(
  () => admin.remove(resources.ValidatingAdmissionPolicyBinding, { name }),
  () => admin.remove(resources.ValidatingAdmissionPolicy, { name }),
  () => scene.close(),
)

/** Offers the texts as the values of a ConfigMap. Their keys are their places. */
function offered(values: readonly string[]): Promise<unknown> {
  const data = Object.fromEntries(values.map((value, index) => [String(index), value]))
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'texts' }, data }
  return admin.call(`${pathOf(resources.Namespace, { name })}/configmaps`, {
    method: 'POST',
    query: { dryRun: 'All' },
    body,
  })
}

test('a text in CEL is that text, and nothing else', async () => {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }
  const apiVersion = 'admissionregistration.k8s.io/v1'
  await admin.create(resources.ValidatingAdmissionPolicy, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: [rule] },
      variables: [{ name: 'texts', expression: celStrings(texts) }],
      validations: [
        {
          expression: 'object.data.all(at, object.data[at] == variables.texts[int(at)])',
          messageExpression:
            "'not as written: ' + object.data.filter(at, object.data[at] != variables.texts[int(at)]).join(' ')",
        },
      ],
    },
  })
  await admin.create(resources.ValidatingAdmissionPolicyBinding, {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } },
    },
  })
  const otherwise = texts.with(3, 'x')
  await until('the policy holds', () => isRefused(otherwise))

  expect(await refusal(offered(otherwise))).toContain('not as written: 3')
  await offered(texts)
})

async function isRefused(values: readonly string[]): Promise<boolean> {
  return offered(values).then(
    () => false,
    () => true,
  )
}
