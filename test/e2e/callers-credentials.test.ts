import { beforeAll, expect, test } from '@jest/globals'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent } from 'undici'
import { webhookClientName, webhookTokenFile } from '../cluster/webhook-credentials.ts'
import { deniedExec } from '../fixtures/access.ts'
import { credentialsIn } from '../fixtures/credentials.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { postReview, type PostedAnswer } from '../fixtures/post-review.ts'
import { execReview, reviewBody } from '../fixtures/review.ts'
import { testCluster } from '../fixtures/run-cluster.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { urlHere } from '../fixtures/this-machine.ts'
import { until } from '../fixtures/until.ts'
import { paperPod } from '../fixtures/paper-pod.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { mayExec } from '../fixtures/workload.ts'

// The API server of a local cluster proves who it is by a certificate and a token. Those of other clusters do not.
const namespace = 'callers-credentials'
const cluster = testCluster()
const testShown = existsSync(webhookTokenFile(cluster.dir)) ? test : test.skip
const folder = temporaryFolder()
const [tokens, authorities] = [join(folder, 'tokens'), join(folder, 'ca.crt')]
if (testShown === test) {
  writeFileSync(tokens, readFileSync(webhookTokenFile(cluster.dir)))
  writeFileSync(authorities, readFileSync(join(cluster.dir, 'pki/ca.crt')))
}

const gate = gatedNamespace(
  namespace,
  async () => {
    await mayExec(namespace, 'alice')
    const client = clientOf('admin')
    await paperPod(client, namespace, 'web-0')
    await client.close()
  },
  testShown === test
    ? {
        callers: {
          path: { mode: 'Off' },
          certificate: { caFile: authorities, names: [webhookClientName] },
          token: { file: tokens },
        },
      }
    : {},
)

let ca: string
beforeAll(() => {
  ca = readFileSync(join(gate().folder, 'ca.crt'), 'utf8')
})

async function post(connect: object = {}): Promise<PostedAnswer> {
  const agent = new Agent({ connect: { ca, ...connect } })
  try {
    return await postReview({ url: urlHere(gate().port), agent }, '/connect', reviewBody(execReview({ namespace })))
  } finally {
    await agent.close()
  }
}

const lacks = (what: string): object => ({ status: 403, body: { message: expect.stringContaining(`lacks ${what}`) } })

testShown('the API server is answered, and its proofs are told', async () => {
  expect(await deniedExec('alice', namespace, { command: ['shown'] })).toContain('(E_NO_PASS)')

  const event = await until('the event', () => gate().decisions.find(({ command }) => command?.includes('shown')))
  expect(event).toMatchObject({ caller: ['certificate', 'token'] })
})

testShown('who has no certificate, or another one of the same CA, is refused', async () => {
  const certificate = 'a client certificate that callers.certificate of the config accepts (E_CALLER)'
  const { cert, key } = credentialsIn(cluster.kubeconfig('alice'))

  expect(await post()).toMatchObject(lacks(certificate))
  expect(await post({ cert, key })).toMatchObject(lacks(certificate))
})

testShown('so is the API server itself with another token than the file has, until the file has it', async () => {
  const shown = readFileSync(tokens)
  const texts = async (): Promise<string> => deniedExec('alice', namespace)

  writeFileSync(tokens, `${'0'.repeat(64)}\n`)
  await until(
    'the file counts',
    async () => (await texts()).includes('lacks a bearer token that callers.token'),
    30_000,
  )
  writeFileSync(tokens, `${'0'.repeat(64)}\n${shown.toString()}`)
  await until('the file counts again', async () => (await texts()).includes('(E_NO_PASS)'), 30_000)
})
