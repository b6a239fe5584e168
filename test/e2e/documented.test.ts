import { afterAll, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { applied, asked, type File } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { pages } from '../fixtures/documents.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, kubectlOk } from '../fixtures/kubectl.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { shellWithPlugin } from '../fixtures/plugin.ts'

// This suite applies every manifest of the README and of docs/, in the order of the pages. Only the namespace is
// changed.
const namespace = 'documented'
const manifests = pages.flatMap(({ file, blocks }) =>
  blocks
    .filter(({ language, text }) => language === 'yaml' && text.startsWith('apiVersion: '))
    .map(({ text }): [string, File] => [file, parse(text.replaceAll('shop', namespace)) as File])
    // A file of a component's own is not a manifest.
    .filter(([, manifest]) => 'metadata' in manifest),
)

const ticketCheck = { name: 'ticket-check', url: 'https://127.0.0.1:1/', secretFiles: ['/none'], on: [] }

gatedNamespace(
  namespace,
  async () => {
    const client = clientOf('admin')
    await paperPod(client, namespace, 'web-0')
    await client.close()
  },
  { validators: [ticketCheck] },
)
afterAll(async () => {
  for (const [, { kind, metadata }] of manifests) {
    if (metadata.namespace === undefined) await admin(['delete', kind, metadata.name, '--ignore-not-found'])
  }
})

const users = { AccessRequest: 'alice', AccessGrant: 'bob' } as const

test.each(manifests)('the manifest in %s is taken as it stands: %j', async (_file, manifest) => {
  const { kind, metadata, spec } = manifest
  const user = kind in users ? users[kind as keyof typeof users] : 'admin'
  // Only the digest of a grant must be the current one.
  const digest = kind === 'AccessGrant' ? { digest: (await asked(namespace, metadata.name)).digest } : {}

  const said = await applied(user, kind === 'AccessGrant' ? { ...manifest, spec: { ...spec, ...digest } } : manifest)

  expect(said).toContain(`${metadata.name} created`)
})

test('the plugin shows an approver what the README says it shows', async () => {
  const shown = /\$ kubectl access approve look -n shop\n(.*?)^Approve\?/ms.exec(pages[0]?.text ?? '')?.[1] ?? ''
  const look = manifests.find(([file, { kind }]) => file === 'README.md' && kind === 'AccessRequest')?.[1]
  if (!look) throw new Error('the README has no request')
  await applied('alice', { ...look, metadata: { ...look.metadata, name: 'looked-at' } })
  await asked(namespace, 'looked-at')

  const { code, stdout } = await (await shellWithPlugin())('bob', `kubectl access approve looked-at -n ${namespace}`)

  expect(code).toBe(1)
  expect(titlesIn(stdout)).toEqual(titlesIn(shown))
})

/** Returns the titles of the lines, and whole sentences. */
function titlesIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => /^ {2}[a-z ]+:/i.exec(line)?.[0] ?? line)
}

test('what the README asks for and grants is ready', async () => {
  const ready = ['wait', '--for=condition=Ready', 'areq/look', '-n', namespace, '--timeout=20s']

  expect(await kubectlOk('alice', ready)).toContain('condition met')
})
