import { expect, test } from '@jest/globals'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { envelope } from '../../../../src/audit/event/audit-event.ts'
import { makeLink } from '../../../../src/audit/chain/chain.ts'
import type { AuditEvent } from '../../../../src/api/audit-event.ts'
import { run, type Ended } from '../../../fixtures/run.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

const origin = { source: '/test', now: 1_795_000_000_000 }
const eventOf = (sequence: number, more: AuditEvent['data'] = {}): AuditEvent => ({
  ...envelope('gate.allowed', `id-${sequence}`, origin),
  data: { actor: { username: 'alice' }, ...more, position: { boot: 'b', sequence } },
})
const events = [1, 2].map((sequence) => eventOf(sequence))
const link = makeLink({ index: 0 }, events, origin)
const lines = [...events, link].map((event) => JSON.stringify(event))
const folder = temporaryFolder()

/** Runs `kubectl access audit verify` on these lines, with no cluster to be found. */
function verify(content: readonly string[], ...options: string[]): Promise<Ended> {
  const file = join(folder, 'events.jsonl')
  writeFileSync(file, content.join('\n'))
  return run(process.execPath, ['src/cli/main.ts', 'audit', 'verify', file, '--kubeconfig', '/no/such', ...options])
}

test('an export that is whole verifies offline, and says what to keep for the next time', async () => {
  const { code, stdout } = await verify(lines)

  expect(code).toBe(0)
  expect(stdout).toMatch(/^Whole: 2 events in 1 links, 0 not linked yet\./)
  expect((await verify(lines, '--head', /--head (\S+)/.exec(stdout)?.[1] ?? '')).code).toBe(0)
})

test('an export that is read piece by piece is read whole', async () => {
  // Each character has three bytes, so some piece ends within a character.
  const long = Array.from({ length: 80 }, (_, index) => eventOf(index + 1, { message: '名'.repeat(16_000 + index) }))
  const content = [...long, makeLink({ index: 0 }, long, origin)].map((event) => JSON.stringify(event))

  expect((await verify(content)).stdout).toMatch(/^Whole: 80 events in 1 links, 0 not linked yet\./)
})

test.each([
  ['edited', lines.map((line) => line.replace('alice', 'eve')), 'changed: event b/1, of link 1'],
  ['removed', lines.slice(1), 'missing: event b/1, of link 1'],
  ['added', [...lines, '{"specversion":"1.0"}'], 'changed: line 4'],
  ['broken', [...lines, '{'], 'changed: line 4 is not an event'],
])('a line that was %s is named', async (_title, content, place) => {
  const { code, stdout, stderr } = await verify(content)

  expect(code).toBe(1)
  expect(stdout + stderr).toContain(place)
})

test('an end that was cut off is named by what was kept', async () => {
  const { code, stdout } = await verify([], '--head', `1:${'a'.repeat(64)}`)

  expect([code, stdout]).toEqual([1, 'cut: link 1: the chain ends with link 0, and went on to link 1.\n'])
})

test('a file that cannot be read is named', async () => {
  const { code, stderr } = await run(process.execPath, ['src/cli/main.ts', 'audit', 'verify', folder])

  expect([code, stderr]).toEqual([1, `${folder} cannot be read: EISDIR: illegal operation on a directory, read\n`])
})
