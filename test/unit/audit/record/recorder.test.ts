import { describe, expect, test } from '@jest/globals'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import type { AccessRecordDraft } from '../../../../src/api/kinds/access-record.ts'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { readRecord } from '../../../../src/audit/record/read-record.ts'
import { createRecordWriter } from '../../../../src/audit/record/record-writer.ts'
import { createRecorder, type Recorder, type RecorderOptions } from '../../../../src/audit/record/recorder.ts'
import type { Sink } from '../../../../src/audit/delivery/sink.ts'
import { verifyChain } from '../../../../src/audit/chain/verify-chain.ts'
import { until } from '../../../fixtures/until.ts'

const origin = { source: '/test', now: 1_795_000_000_000 }
const { signal } = new AbortController()

function event(id: string): AuditEvent {
  return { ...envelope('gate.allowed', id, origin), data: { actor: { username: 'alice' } } }
}

interface Written extends Recorder {
  readonly records: readonly AccessRecordDraft[]
  readonly events: () => readonly AuditEvent[]
}

/**
 * Creates a recorder.
 * @param fails true if the write of this number fails
 */
function recorder(options: Partial<RecorderOptions> = {}, fails: (attempt: number) => boolean = () => false): Written {
  const records: AccessRecordDraft[] = []
  let attempts = 0
  const made = createRecorder({
    sinks: [],
    isFull: () => false,
    isCrowded: () => false,
    onFailure: () => undefined,
    writer: createRecordWriter({
      boot: 'boot',
      create: (record) => {
        if (fails(++attempts)) return Promise.reject(new Error('etcd is full'))
        records.push(record)
        return Promise.resolve()
      },
    }),
    ...options,
  })
  const events = (): readonly AuditEvent[] =>
    records.flatMap((record) => {
      const { events: found, problems } = readRecord(record)
      if (problems.length > 0) throw new Error(problems.join())
      return found
    })
  return { ...made, records, events }
}

function sink(name: string, deliver: Sink['deliver']): Sink {
  return { name, mode: 'Required', accepts: () => true, deliver, close: () => Promise.resolve() }
}

test('a write that fails denies, and the next record calls its number void', async () => {
  const failing = recorder({}, (attempt) => [2, 3].includes(attempt))

  const answers = []
  for (const id of ['a', 'b', 'c', 'd', 'e']) answers.push(await failing.record(event(id), signal))

  expect(answers.map((answer) => answer?.code)).toEqual([
    undefined,
    'E_AUDIT_RECORD',
    'E_AUDIT_RECORD',
    undefined,
    undefined,
  ])
  expect(failing.events().map(({ data }) => data.position)).toEqual([
    { boot: 'boot', sequence: 1 },
    { boot: 'boot', sequence: 4, void: [{ from: 2, to: 3 }] },
    { boot: 'boot', sequence: 5 },
  ])
  expect(verifyChain(failing.events())).toMatchObject({ ok: true })
})

test('what has happened anyway is kept once that is possible', async () => {
  const failing = recorder({}, (attempt) => attempt === 1)

  failing.recordLater(event('a'))
  failing.recordLater(event('b'))
  await until('both are kept', () => failing.records.length === 2)

  expect(
    failing
      .events()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(['a', 'b'])
  expect(verifyChain(failing.events())).toMatchObject({ ok: true })
})

test('what has happened anyway waits in memory while the cluster has too many, and is counted there', async () => {
  let isCrowded = true
  const failures: unknown[] = []
  const crowded = recorder({ isCrowded: () => isCrowded, onFailure: (_event, error) => failures.push(error) })

  crowded.recordLater(event('a'))
  crowded.recordLater(event('b'))
  await until('it is tried', () => failures.length > 0)
  expect([crowded.records.length, crowded.waiting()]).toEqual([0, 2])
  isCrowded = false
  await until('both are kept', () => crowded.events().length === 2)

  expect(crowded.waiting()).toBe(0)
})

test('what is being written still waits', async () => {
  const written = Promise.withResolvers<undefined>()
  const slow = recorder({ writer: { write: () => written.promise } })

  slow.recordLater(event('a'))
  expect(slow.waiting()).toBe(1)
  written.resolve(undefined)
  await until('it is kept', () => slow.waiting() === 0)
})

test('what is lost at the end is told', async () => {
  const told: string[] = []
  const onFailure: RecorderOptions['onFailure'] = (_event, error, what) => told.push(`${String(error)} ${what}`)
  const failing = recorder({ onFailure }, () => true)

  for (const id of ['a', 'b', 'c']) failing.recordLater(event(id))
  await failing.close(10)

  expect(told.at(-1)).toContain('3 events are lost')
})

describe('nobody is let in', () => {
  test('where too much waits, and nothing is written then', async () => {
    const full = recorder({ isFull: () => true })

    expect(await full.record(event('a'), signal)).toMatchObject({ verdict: 'deny', code: 'E_AUDIT_FULL' })
    expect(full.records).toEqual([])
  })

  test('where a required sink has not taken the event', async () => {
    const refusing = recorder({
      sinks: [sink('good', () => Promise.resolve()), sink('bad', () => Promise.reject(new Error('password=secret')))],
    })

    const answer = await refusing.record(event('a'), signal)

    expect(answer).toMatchObject({
      code: 'E_AUDIT_SINK',
      message: expect.stringContaining('did not reach required sink bad'),
    })
    expect(answer?.message).not.toContain('secret')
    expect(refusing.records).toEqual([])
    // The good sink has it, though, so the outcome must be reported.
    expect([refusing.wasTried('a'), refusing.wasTried('a')]).toEqual([true, false])
  })

  test('once the answer is out', async () => {
    const late = recorder()

    await expect(late.record(event('a'), AbortSignal.abort())).rejects.toThrow()
    expect(late.records).toEqual([])
  })
})

test('a record says which required sinks have the event already', async () => {
  const one = recorder({ sinks: [sink('siem', () => Promise.resolve())] })

  await one.record(event('a'), signal)

  expect(one.records[0]?.metadata.annotations).toEqual({ 'delivered.access.sallyport.dev/siem': 'true' })
})
