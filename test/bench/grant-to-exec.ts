import { accessRequestKind, type AccessRequest } from '../../src/api/kinds/access-request.ts'
import type { Client } from '../../src/cluster/client/client.ts'
import type { WatchEvent } from '../../src/cluster/client/watch.ts'
import { execCaller, type ExecCaller } from '../fixtures/exec-call.ts'
import type { Figure, Row } from './figure.ts'
import { ask, endAccess, grant } from './give-access.ts'
import type { Ground } from './ground.ts'
import { namespaces, pod } from './places.ts'
import { summaryOf } from './summary.ts'
import { until } from '../fixtures/until.ts'

const count = 30
const deadlineMs = 5_000

/** Measures how soon a grant counts: from the answer to its create until the first allowed exec is answered. */
export const grantToExec: Figure = {
  needs: 'cluster',
  async measure(ground) {
    const stop = new AbortController()
    const activeAt = await watchActive(ground, stop.signal)
    try {
      const minted = await measureUser(ground, 'mallory', activeAt)
      const standing = await measureUser(ground, 'alice', activeAt)
      const exec = summaryOf(minted.map(({ execMs }) => execMs))
      return {
        rows: [...rows('RBAC minted', minted), ...rows('RBAC standing', standing)],
        verdicts: [
          { what: 'RBAC minted, granted -> first exec let in, median', value: exec.median, unit: 'ms', goal: 200 },
          { what: 'RBAC minted, granted -> first exec let in, max', value: exec.max, unit: 'ms', goal: 200 },
        ],
        notes: [
          'execs are tried without a pause, so the refusals before the first allow are load that the bench makes',
        ],
      }
    } finally {
      stop.abort()
    }
  },
}

type User = 'alice' | 'mallory'

async function measureUser(ground: Ground, user: User, activeAt: ReadonlyMap<string, number>): Promise<Wait[]> {
  const caller = execCaller(ground.cluster, user)
  try {
    const waits: Wait[] = []
    for (let index = 0; index < count; index++) {
      // Each has a command of its own, so that the access before it does not let it in.
      const asked = { name: `bench-fast-${user}-${index}`, command: ['true', String(index)] }
      waits.push(await measureOne(ground, { caller, requestor: ground[user], activeAt, ...asked }))
    }
    return waits
  } finally {
    await caller.close()
  }
}

function rows(title: string, waits: readonly Wait[]): readonly Row[] {
  const row = (what: string, values: readonly number[]): Row => ({
    what: `${title}: ${what}`,
    unit: 'ms',
    summary: summaryOf(values),
  })
  return [
    row(
      'create of the grant',
      waits.map(({ createMs }) => createMs),
    ),
    row(
      'granted -> first exec let in',
      waits.map(({ execMs }) => execMs),
    ),
    row(
      'granted -> Active, by watch',
      waits.map(({ activeMs }) => activeMs),
    ),
  ]
}

interface Wait {
  readonly createMs: number
  readonly execMs: number
  readonly activeMs: number
}

interface Asked {
  readonly caller: ExecCaller
  readonly requestor: Client
  readonly activeAt: ReadonlyMap<string, number>
  readonly name: string
  readonly command: readonly string[]
}

async function measureOne(ground: Ground, asked: Asked): Promise<Wait> {
  const { caller, requestor, activeAt, name, command } = asked
  const body = await ask(requestor, name, command)
  if ((await caller.call({ namespace: namespaces.gated, pod, command })).letIn)
    throw new Error('let in without a grant')
  const sent = performance.now()
  await grant(ground, body)
  const granted = performance.now()
  while (!(await caller.call({ namespace: namespaces.gated, pod, command })).letIn) {
    if (performance.now() - granted > deadlineMs) throw new Error(`not let in after ${deadlineMs} ms`)
  }
  const execMs = performance.now() - granted
  const active = await until(`${name} is seen Active`, () => activeAt.get(name))
  await endAccess(ground, name)
  return { createMs: granted - sent, execMs, activeMs: active - granted }
}

/** Records when each request was first seen Active. The map fills as it happens. */
async function watchActive({ admin }: Ground, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const namespace = namespaces.gated
  const { resourceVersion } = await admin.list(accessRequestKind, { namespace })
  const events = await admin.watch(accessRequestKind, { namespace, resourceVersion, timeoutSeconds: 600, signal })
  const seen = new Map<string, number>()
  // The abort ends the watch. If it ends in another way, some request stays unseen, which is an error there.
  void fill(seen, events).catch(() => undefined)
  return seen
}

async function fill(seen: Map<string, number>, events: AsyncIterable<WatchEvent>): Promise<void> {
  for await (const event of events) {
    if (event.type === 'BOOKMARK') continue
    const { metadata, status } = event.object as AccessRequest
    if (status?.phase === 'Active' && !seen.has(metadata.name)) seen.set(metadata.name, performance.now())
  }
}
