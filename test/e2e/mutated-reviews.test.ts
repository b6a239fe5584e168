import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { administrator } from '../fixtures/administrator.ts'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Pool } from 'undici'
import type { Client } from '../../src/cluster/client/client.ts'
import { access, ask, revoke } from '../fixtures/access.ts'
import { clientOf } from '../fixtures/api-client.ts'
import { corpus } from '../fixtures/corpus.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin, kubectl, kubectlOk } from '../fixtures/kubectl.ts'
import { startKubectl } from '../fixtures/kubectl-session.ts'
import { bodyOf, mutantArbitrary, type Bases, type Mutant } from '../fixtures/mutants.ts'
import { rawCall } from '../fixtures/raw-call.ts'
import { recordReviews, type PostedReview, type ReviewRecorder } from '../fixtures/review-recorder.ts'
import { wrongIn, type Answer, type Known } from '../fixtures/review-oracle.ts'
import { isReviewOf, readStored, shapeOf, store, storedReviewNames, storedReviews } from '../fixtures/stored-reviews.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'
import { urlHere } from '../fixtures/this-machine.ts'
import { livePaths } from '../fixtures/webhook-path.ts'
import { until } from '../fixtures/until.ts'
import { nodeName, triedWays } from '../fixtures/ways-in.ts'
import { servingPod } from '../fixtures/workload.ts'

const namespace = 'reviews'
const testOnNode = testWithNode()
// `npm run fuzz` asks for a million.
const mutantCount = Number(process.env['SALLYPORT_MUTANTS'] ?? 3_000)
const atOnce = 50
// Ten times as long as on a machine with two cores.
const msForEach = 20

let posted: readonly PostedReview[] = []
let bases: Bases
let known: Known
let pool: Pool
let client: Client
let paths: ReturnType<typeof livePaths>

const gate = gatedNamespace(namespace, async () => {
  await (testOnNode === test ? servingPod(namespace, 'web-0') : undefined)
})
beforeAll(async () => {
  if (testOnNode !== test) return
  posted = await whatIsPosted()
  if (process.env['SALLYPORT_STORE_REVIEWS']) {
    const node = await nodeName()
    for (const name of storedReviewNames) await store(name, lastOf(name), node)
  }
  known = await whatIsKnown()
  bases = readBases()
  const ca = readFileSync(join(gate().folder, 'ca.crt'))
  client = clientOf('admin')
  paths = livePaths(client)
  pool = new Pool(urlHere(gate().port), { connections: 16, connect: { ca } })
})
afterAll(async () => {
  if (testOnNode !== test) return
  await pool.close()
  await client.close()
})

/** Makes kubectl try each way in, and write each of our kinds. Returns the reviews that the API server posts. */
async function whatIsPosted(): Promise<readonly PostedReview[]> {
  await using recorder = await recordReviews(namespace)
  const node = await nodeName()
  await until('the recorder hears', async () => {
    await rawCall('admin', 'GET', `/api/v1/nodes/${node}/proxy/metrics`)
    return recorder.reviews.length > 0
  })
  const exec = { pod: 'web-0', container: 'app', command: ['id'], subresources: ['attach'] }
  // As long as a million mutants may take.
  await access(namespace, 'all', { exec, duration: '12h' })
  await ask(namespace, 'waiting')
  await ask(namespace, 'other')
  await ask(namespace, 'revoked')
  await revoke('alice', namespace, 'revoked')
  await admin(['label', 'agrant', 'all', '-n', namespace, 'seen=yes'])
  await enter(recorder, node)
  return recorder.reviews
}

async function enter(recorder: ReviewRecorder, node: string): Promise<void> {
  await kubectlOk('alice', ['exec', 'web-0', '-n', namespace, '-c', 'app', '--', 'id'])
  for (const way of ['port-forward', 'proxy to the pod', 'proxy to the Service', 'debug'] as const) {
    await triedWays[way].enter({ user: 'admin', namespace, node })
  }
  await using attached = startKubectl('alice', ['attach', 'web-0', '-n', namespace, '-c', 'app'])
  await until('attach', () => attached.soFar().code ?? recorder.reviews.some((one) => isReviewOf('attach', one)))
}

function lastOf(name: (typeof storedReviewNames)[number]): PostedReview {
  const review = posted.findLast((one) => isReviewOf(name, one))
  if (!review) throw new Error(`no ${name} was posted`)
  return review
}

async function whatIsKnown(): Promise<Known> {
  const { items } = JSON.parse(await admin(['get', 'areq', '-n', namespace, '-o', 'json'])) as {
    items: { metadata: { name: string; uid: string }; status: { digest: string } }[]
  }
  return {
    namespace,
    requests: new Map(items.map(({ metadata }) => [metadata.name, metadata.uid])),
    digests: new Map(items.map(({ metadata, status }) => [metadata.name, status.digest])),
  }
}

/**
 * Reads the stored reviews. A grant is on the request that waits now, as nobody needs one on an active request, and quotes its
 * digest.
 */
function readBases(): Bases {
  const stored = Object.fromEntries(storedReviewNames.map((name) => [name, readStored(name)])) as Bases
  const { spec } = stored['grant-create'].request.object as { spec: object }
  Object.assign(spec, { requestRef: { name: 'waiting' }, digest: known.digests.get('waiting') })
  return stored
}

/** Posts to the gate as the API server does, which follows a path that was made anew. */
async function post(plain: string, body: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  for (;;) {
    const path = await paths.of(plain)
    const { statusCode, body: answer } = await pool.request({ method: 'POST', path, headers, body })
    const answered = { status: statusCode, body: (await answer.json()) as Answer['body'] }
    if (statusCode !== 403) return answered
    paths.forget()
  }
}

const told = { allowed: 0, denied: 0, refused: 0 }

/** Returns what is wrong with the answer to a mutant, with all that is needed to put it into the corpus. */
async function wrongWith(mutant: Mutant): Promise<object | undefined> {
  const body = bodyOf(mutant, bases)
  const answer = await post(mutant.path, body)
  const { allowed } = (answer.body['response'] ?? {}) as { allowed?: boolean }
  told[answer.status === 400 ? 'refused' : allowed ? 'allowed' : 'denied']++
  const wrong = wrongIn(mutant.path, body, answer, known)
  return wrong === undefined ? undefined : { wrong, mutant: JSON.stringify(mutant).slice(0, 4_000), answer }
}

/** Returns the failures of its own that the gate has logged. */
function failures(): readonly object[] {
  return gate().lines.filter(({ msg }) => msg === 'decision failed')
}

describe('the stored reviews', () => {
  testOnNode.each(storedReviewNames)('%s has the fields that the API server sends', (name) => {
    expect(shapeOf(readStored(name))).toEqual(shapeOf(lastOf(name)))
  })

  testOnNode.each(storedReviewNames)('%s is answered as it was', async (name) => {
    const { status, body } = await post(storedReviews[name], JSON.stringify(bases[name]))
    const closed = ['port-forward', 'pod-proxy', 'service-proxy', 'ephemeral-containers']

    expect({ status, body }).toMatchObject({ status: 200, body: { response: { allowed: !closed.includes(name) } } })
    expect(await wrongWith({ path: storedReviews[name], base: name, changes: [] })).toBeUndefined()
  })
})

describe('what once was thought of stays closed', () => {
  testOnNode.each(corpus().map((entry) => [entry.why, entry] as const))('%s', async (_why, mutant) => {
    expect(await wrongWith(mutant)).toBeUndefined()
    const { body } = await post(mutant.path, bodyOf(mutant, bases))
    expect(JSON.stringify(body)).toContain(mutant.expect)
  })
})

testOnNode(
  `${mutantCount} mutants of them are answered each, and none is let in without access`,
  async () => {
    const begun = performance.now()
    const some = fc.array(mutantArbitrary(bases), { minLength: atOnce, maxLength: atOnce })
    await fc.assert(
      fc.asyncProperty(some, async (mutants) => {
        const wrong = await Promise.all(mutants.map(wrongWith))
        expect(wrong.filter(Boolean)).toEqual([])
        expect(failures()).toEqual([])
        gate().forget()
      }),
      // A mutant has few changes. The time for shrinking fifty of them is better spent on new ones.
      { numRuns: Math.ceil(mutantCount / atOnce), endOnFailure: true },
    )
    const seconds = (performance.now() - begun) / 1_000
    if (mutantCount > 10_000) console.log(`${mutantCount} mutants in ${seconds.toFixed(0)} s`, told)
    // Otherwise the mutants would have been too wild to come near the rules.
    expect(told.allowed).toBeGreaterThan(mutantCount / 100)
    expect(told.denied).toBeGreaterThan(mutantCount / 10)
  },
  60_000 + mutantCount * msForEach,
)

testOnNode('after all this the gate is the same', async () => {
  const attempt = ['exec', 'web-0', '-n', namespace, '-c', 'app', '--', 'id']

  expect(await kubectl('alice', attempt)).toMatchObject({ code: 0, stdout: expect.stringContaining('uid=0') })
  expect((await kubectl('admin', attempt)).stderr).toContain(
    `${administrator().username} has no access to pod reviews/web-0 (E_NO_PASS)`,
  )
  expect(failures()).toEqual([])
})
