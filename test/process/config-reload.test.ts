import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Agent, request } from 'undici'
import { startGateProcess, type GateProcess } from '../fixtures/gate-process.ts'
import { reviewBody, reviewOf } from '../fixtures/review.ts'
import { until } from '../fixtures/until.ts'

const exemptions = [
  { why: 'a proxy', subjects: [{ kind: 'User', name: 'alice' }], namespaces: ['shop'], subresources: ['pods/proxy'] },
]
let agent: Agent
let gate: GateProcess & AsyncDisposable

beforeEach(async () => {
  gate = await startGateProcess()
  // One connection. It must outlive every reload.
  agent = new Agent({ connections: 1, connect: { ca: gate.ca } })
})
afterEach(async () => {
  await agent.destroy()
  await gate[Symbol.asyncDispose]()
})

interface Answer {
  readonly allowed: boolean
  readonly text: string
}

/** Posts a review of alice's way through a pod. The config decides it, and no read. Only an exemption lets her in. */
async function enter(): Promise<Answer> {
  const body = reviewBody(reviewOf('pods/proxy'))
  const answer = await request(`${gate.url}/connect?timeout=2s`, { method: 'POST', dispatcher: agent, body })
  const { response } = (await answer.body.json()) as {
    response: { allowed: boolean; status?: { message: string } }
  }
  return { allowed: response.allowed, text: response.status?.message ?? '' }
}

/** Returns the samples of a metric, without its name. */
async function metric(name: string): Promise<readonly string[]> {
  const { body } = await request(`${gate.healthUrl}/metrics`)
  return (await body.text()).split('\n').flatMap((line) => (line.startsWith(name) ? [line.slice(name.length)] : []))
}

const logged = (msg: string): readonly { readonly problem?: string; readonly changed?: readonly string[] }[] =>
  gate.lines.filter((line) => line.msg === msg)

/** Replaces the config, and waits until the gate has taken it over. */
async function configured(fields: object): Promise<void> {
  const before = logged('config reloaded').length
  gate.configure(fields)
  await until('the config is reloaded', () => logged('config reloaded').length > before)
}

test('the next review is decided by the new config, and no connection is closed', async () => {
  let connections = 0
  agent.on('connect', () => connections++)
  expect((await enter()).allowed).toBe(false)

  await configured({ denialHint: 'Ask in #platform.' })
  expect((await enter()).text).toContain('Ask in #platform.')

  await configured({ denialHint: 'Ask in #platform.', exemptions })
  expect(await enter()).toMatchObject({ allowed: true })
  expect(logged('config reloaded').map(({ changed }) => changed)).toEqual([['denialHint'], ['exemptions']])

  await configured({})
  expect((await enter()).allowed).toBe(false)
  expect(connections).toBe(1)
})

test('no review fails while the config changes again and again', async () => {
  const failures: unknown[] = []
  const answers = new Set<string>()
  let stop = false
  const callers = Array.from({ length: 8 }, async () => {
    while (!stop) {
      await enter().then(
        ({ allowed, text }) => answers.add(allowed ? 'allowed' : text.slice(text.lastIndexOf('hint'))),
        (error: unknown) => failures.push(error),
      )
    }
  })
  for (let round = 1; round <= 5; round++) {
    await configured({ denialHint: `hint ${round}`, ...(round % 2 === 0 && { exemptions }) })
    const wanted = round % 2 === 0 ? 'allowed' : `hint ${round}`
    await until(`an answer by the config of round ${round}`, () => answers.has(wanted))
  }
  stop = true
  await Promise.all(callers)

  expect(failures).toEqual([])
})

test('a wrong config is told with every problem, and the one before stays', async () => {
  await configured({ denialHint: 'Ask in #platform.' })
  const before = await metric('sallyport_config_info')

  gate.configure({ denialHint: 7, enforcment: 'Observe', selfCheck: { interval: 'soon' } })
  await until('the config is refused', () => logged('config not reloaded; the one before stays').length === 1)

  const [{ problem } = {}] = logged('config not reloaded; the one before stays')
  for (const field of ['config.denialHint', 'config.enforcment', 'config.selfCheck.interval']) {
    expect(problem).toContain(field)
  }
  expect(await metric('sallyport_config_last_reload_successful')).toEqual([' 0'])
  expect(await metric('sallyport_config_info')).toEqual(before)
  expect((await enter()).text).toContain('Ask in #platform.')

  // The very config of before: nothing changes, but the file is right again.
  gate.configure({ denialHint: 'Ask in #platform.' })
  await until('the file is right', async () => (await metric('sallyport_config_last_reload_successful'))[0] === ' 1')
  expect(await metric('sallyport_config_info')).toEqual(before)
})

test('a field that needs a restart is named, with the command, and all others are live', async () => {
  await configured({ health: { host: '127.0.0.1', port: 1 }, denialHint: 'Ask in #platform.' })

  expect(logged('config changed; these fields need a restart')).toEqual([
    expect.objectContaining({
      fields: ['health.port'],
      command: 'kubectl -n sallyport-system rollout restart deployment/sallyport',
    }),
  ])
  expect(await metric('sallyport_config_restart_needed')).toEqual(['{field="health.port"} 1'])
  expect((await enter()).text).toContain('Ask in #platform.')

  await configured({ denialHint: 'Ask in #platform.' })
  expect(await metric('sallyport_config_restart_needed')).toEqual([])
})

test('the controller is started again with the new config, and no counter falls', async () => {
  const gcs = async (): Promise<number> => {
    const counts = await metric('nodejs_gc_duration_seconds_count')
    return counts
      .filter((line) => line.includes('thread="controller"'))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }
  await until('the controller counts', async () => (await gcs()) > 0)
  const before = await gcs()

  await configured({ requests: { pendingTimeout: '1h' } })
  for (let look = 0; look < 20; look++) {
    const now = await gcs()
    // A thread that is just starting may not answer in time. Then its own counts are missing, but not those before it.
    expect(now).toBeGreaterThanOrEqual(before)
  }

  await configured({ drainDelay: '1ms' })
  gate.signal('SIGTERM')
  expect(await gate.ended).toBe(0)
})

test('the drain delay is the one of the config in force', async () => {
  await configured({ drainDelay: '1h' })
  gate.signal('SIGTERM')
  await until('it drains', () => gate.lines.find(({ msg }) => msg === 'draining'))

  expect((await enter()).allowed).toBe(false)
})
