import { expect, test } from '@jest/globals'
import { existsSync, readFileSync } from 'node:fs'
import { exampleFacts } from '../../../src/decision/challenge/expression-facts.ts'
import { startWorker } from '../../../src/expression/worker-process.ts'
import { run } from '../../fixtures/run.ts'
import { until } from '../../fixtures/until.ts'

const groups = Array.from({ length: 256 }, (_, index) => `group-${index}`)
const facts = { ...exampleFacts, requestor: { ...exampleFacts.requestor, groups } }
const endless = `${['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `requestor.groups.all(${name}, `).join('')}a != ""))))))`

test('time in which the process was not let compute is not held against it', async () => {
  const worker = startWorker()
  await worker.started
  process.kill(worker.pid ?? 0, 'SIGSTOP')
  setTimeout(() => process.kill(worker.pid ?? 0, 'SIGCONT'), 200)

  const reply = await worker.ask({ source: 'true', facts }, 50)

  worker.kill()
  expect(reply).toEqual({ answer: { outcome: 'yes' } })
})

test('a process that never computes is not waited for without end', async () => {
  const worker = startWorker()
  await worker.started
  process.kill(worker.pid ?? 0, 'SIGSTOP')
  const before = performance.now()

  expect(await worker.ask({ source: 'true', facts }, 50)).toBe('interrupted')

  expect(performance.now() - before).toBeGreaterThan(400)
  await until('it is killed', () => !runs(worker.pid))
})

test('one that was killed is not asked again, and gives no answer if it is', async () => {
  const worker = startWorker()
  await worker.started

  expect(await worker.ask({ source: endless, facts }, 50)).toBe('too much')

  expect(worker.isAlive()).toBe(false)
  expect(await worker.ask({ source: 'true', facts }, 50)).toBe('interrupted')
})

// The kernel kills it like this when the machine is short of memory. A waiting request must not be denied for good by
// that.
test('one that somebody else kills while it computes is no fault of the expression', async () => {
  const worker = startWorker()
  await worker.started
  const answer = worker.ask({ source: endless, facts }, 10_000)
  process.kill(worker.pid ?? 0, 'SIGKILL')

  expect(await answer).toBe('interrupted')
})

test('it is given no environment, and no permission but to read files', async () => {
  const worker = startWorker()
  await worker.started
  const read = (name: string): string => readFileSync(`/proc/${worker.pid ?? 0}/${name}`, 'utf8')

  // Two variables name the channel. Node removes them from the process when it starts.
  expect(
    read('environ')
      .split('\0')
      .filter((one) => one !== '' && !one.startsWith('NODE_CHANNEL_')),
  ).toEqual([])
  expect(read('cmdline').split('\0')).toEqual(expect.arrayContaining(['--permission', '--allow-fs-read=*']))
  expect(read('cmdline')).not.toMatch(/allow-(fs-write|child-process|worker|addons|wasi)/)
  worker.kill()
})

test('it ends with the process that started it, whatever it is computing', async () => {
  const program = `
    import { startWorker } from './src/expression/worker-process.ts'
    const worker = startWorker()
    await worker.started
    console.log(worker.pid)
    void worker.ask(${JSON.stringify({ source: endless, facts })}, 60_000)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100)`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program])

  expect(Number(stdout)).toBeGreaterThan(1)
  await until('it has ended', () => !runs(Number(stdout)))
})

/** True if the process runs. A process that has ended is a zombie until its parent asks how. */
function runs(pid = 0): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}
